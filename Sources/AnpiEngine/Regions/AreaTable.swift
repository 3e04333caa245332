import AnpiModel

/// Sets of sites that one cause can darken together: municipality, prefecture, power area, one carrier's sites of a
/// prefecture.
///
/// Made anew from the fleet after an import or a restart; an area's number holds within one run only, so whatever is
/// kept or told names it by its key. Retired sites and canaries belong to none.
struct AreaTable: Sendable {
    enum Kind: UInt8, CaseIterable, Comparable, Sendable {
        case municipality, prefecture, power, carrier

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// What an area is called wherever it outlives a run.
    struct Key: Hashable, Comparable, Sendable {
        var kind: Kind
        /// Municipality or prefecture code, the fleet's name of a power area, `22 carrier` for a carrier.
        var text: String

        static func < (left: Self, right: Self) -> Bool {
            (left.kind.rawValue, left.text) < (right.kind.rawValue, right.text)
        }
    }

    /// In the order of their keys.
    private(set) var keys: [Key] = []
    /// Members of area `n`: `members[starts[n]..<starts[n + 1]]`, ascending.
    private var starts: [Int32] = [0]
    private var members: [Int32] = []
    /// By site number, one for each kind; -1 where the site belongs to none.
    private var ofSite: [Places] = []

    /// The areas that one site belongs to, by kind.
    struct Places: Hashable, Sendable {
        var municipality: Int32 = -1
        var prefecture: Int32 = -1
        var power: Int32 = -1
        var carrier: Int32 = -1

        subscript(kind: Kind) -> Int32 {
            get {
                switch kind {
                case .municipality: municipality
                case .prefecture: prefecture
                case .power: power
                case .carrier: carrier
                }
            }
            set {
                switch kind {
                case .municipality: municipality = newValue
                case .prefecture: prefecture = newValue
                case .power: power = newValue
                case .carrier: carrier = newValue
                }
            }
        }
    }

    init() {}

    /// What a site's row says about where it belongs.
    struct Membership: Sendable {
        var municipality: String
        var powerArea: String?
        var carrier: String?

        /// The first two digits of a municipality's code name its prefecture.
        var prefecture: String { String(municipality.prefix(2)) }

        func key(_ kind: Kind) -> Key? {
            switch kind {
            case .municipality: Key(kind: kind, text: municipality)
            case .prefecture: Key(kind: kind, text: prefecture)
            // Where no power area is known the municipality stands for it: feeders are not shared across much more.
            case .power: Key(kind: kind, text: powerArea ?? municipality)
            case .carrier: carrier.map { Key(kind: kind, text: prefecture + " " + $0) }
            }
        }
    }

    /// - Parameter memberships: by site number; nil for who belongs to no area.
    init(_ memberships: [Membership?]) {
        var numbers: [Key: Int32] = [:]
        for case let membership? in memberships {
            for kind in Kind.allCases {
                if let key = membership.key(kind), numbers[key] == nil {
                    numbers[key] = 0
                    keys.append(key)
                }
            }
        }
        keys.sort()
        for (number, key) in keys.enumerated() { numbers[key] = Int32(number) }

        ofSite = Array(repeating: Places(), count: memberships.count)
        var counts = [Int32](repeating: 0, count: keys.count)
        for (site, membership) in memberships.enumerated() {
            guard let membership else { continue }
            for kind in Kind.allCases {
                guard let key = membership.key(kind), let number = numbers[key] else { continue }
                ofSite[site][kind] = number
                counts[Int(number)] += 1
            }
        }
        starts = [0]
        starts.reserveCapacity(keys.count + 1)
        for count in counts { starts.append(starts[starts.count - 1] + count) }
        members = Array(repeating: 0, count: Int(starts[starts.count - 1]))
        var next = starts
        for site in ofSite.indices {
            for kind in Kind.allCases where ofSite[site][kind] >= 0 {
                let area = Int(ofSite[site][kind])
                members[Int(next[area])] = Int32(site)
                next[area] += 1
            }
        }
    }

    /// The areas of a site.
    func places(of site: Int) -> Places { ofSite[site] }

    /// The area's sites by number, ascending.
    func members(of area: Int) -> ArraySlice<Int32> { members[Int(starts[area])..<Int(starts[area + 1])] }

    /// The area with this key; nil where no site belongs to it.
    func number(of key: Key) -> Int? {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < keys.count && keys[low] == key ? low : nil
    }
}
