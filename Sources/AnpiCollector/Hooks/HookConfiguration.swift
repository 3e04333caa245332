package import AnpiModel
internal import Foundation

/// The hooks file (`--hooks FILE`): tables `[[hook]]` in the TOML subset, every mistake named with its line.
package struct HookConfiguration: Hashable, Sendable {
    /// How many hooks one collector delivers to.
    package static let hooksMax = 64
    static let timeoutSecondsRange = 1...30
    static let timeoutSecondsDefault = 15

    /// In the order of the file.
    package var hooks: [Hook]

    package init(hooks: [Hook] = []) {
        self.hooks = hooks
    }

    /// Reads the file and the files it names; relative names are looked for beside it.
    package static func load(_ path: String) throws(TOMLMistakes) -> HookConfiguration {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw TOMLMistakes([TOMLError(file: path, line: 1, message: "the file cannot be read; is the path right?")])
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw TOMLMistakes([TOMLError(file: path, line: 1, message: "the file is not UTF-8; save it as UTF-8")])
        }
        let folder = (path as NSString).deletingLastPathComponent
        return try read(text, file: path, folder: folder) { name in
            FileManager.default.contents(atPath: name).map { Array($0) }
        }
    }

    /// - Parameter contents: the bytes of a file that the text names, nil where it cannot be read.
    static func read(
        _ text: String, file: String, folder: String = "", contents: @escaping (String) -> [UInt8]?
    ) throws(TOMLMistakes) -> HookConfiguration {
        let document: TOMLDocument
        do {
            document = try TOMLDocument.parse(text, file: file)
        } catch {
            throw TOMLMistakes([error])
        }
        let reader = TOMLReader(document)
        var hooks: [Hook] = []
        var lines: [String: Int] = [:]
        for (index, table) in reader.tables("hook").enumerated() {
            if index == hooksMax { table.mistake("name", "is one hook too many: \(hooksMax) are allowed") }
            let hook = HookTable(reader: table, folder: folder, contents: contents).hook(earlier: &lines)
            if let hook { hooks.append(hook) }
        }
        try reader.finish()
        return HookConfiguration(hooks: hooks)
    }
}

/// Reads one `[[hook]]`, noting every mistake.
private struct HookTable {
    let reader: TOMLReader
    let folder: String
    let contents: (String) -> [UInt8]?

    /// Nil where a mistake was noted that leaves no hook.
    func hook(earlier lines: inout [String: Int]) -> Hook? {
        let name = self.name(earlier: &lines)
        let allowsPrivate = reader.value("allow_private", default: false)
        let address = self.address(allowsPrivate: allowsPrivate)
        let secret = self.secret("secret", isRequired: true)
        let oldSecret = self.secret("old_secret", isRequired: false)
        let events = self.events()
        let offices = self.offices()
        let takesDrills = reader.value("drill", default: false)
        let timeout = reader.value("timeout_seconds", default: HookConfiguration.timeoutSecondsDefault)
        let range = HookConfiguration.timeoutSecondsRange
        if !range.contains(timeout) {
            reader.mistake("timeout_seconds", "must be \(range.lowerBound) to \(range.upperBound)")
        }
        let caFile = certificates()
        guard let name, let address, let secret, let events else { return nil }
        return Hook(
            name: name, address: address, secrets: [secret, oldSecret].compactMap { $0 }, events: events,
            offices: offices, allowsPrivate: allowsPrivate, takesDrills: takesDrills, timeout: .seconds(timeout),
            caFile: caFile)
    }

    private func name(earlier lines: inout [String: Int]) -> String? {
        guard let name = reader.required("name", String.self) else { return nil }
        guard Identifier<Hook>(name) != nil else {
            reader.mistake("name", "must be 1 to 40 letters, digits and '-'")
            return nil
        }
        if let line = lines[name] {
            reader.mistake("name", "\"\(name)\" is already on line \(line); each hook has its own")
            return nil
        }
        lines[name] = reader.line(of: "name")
        return name
    }

    private func address(allowsPrivate: Bool) -> HookAddress? {
        guard let text = reader.required("url", String.self) else { return nil }
        do {
            return try HookAddress(text, allowsPrivate: allowsPrivate)
        } catch {
            reader.mistake("url", error.message)
            return nil
        }
    }

    private func secret(_ key: String, isRequired: Bool) -> HookSecret? {
        let cure = "; make one with: echo whsec_$(openssl rand -base64 32)"
        let fileKey = key + "_file"
        let inline = reader.optional(key, String.self)
        let file = reader.optional(fileKey, String.self)
        switch (inline, file) {
        case (nil, nil):
            // A value of a wrong type has been noted already.
            if isRequired, !has(key), !has(fileKey) {
                reader.mistake(key, "is missing, and so is \(fileKey)" + cure)
            }
            return nil
        case (_?, _?):
            reader.mistake(fileKey, "and \(key) are both there; keep one of them")
            return nil
        case (let text?, nil):
            return secret(text, key: key, cure: cure)
        case (nil, let name?):
            guard let bytes = contents(path(name)), let text = String(validating: bytes, as: UTF8.self) else {
                reader.mistake(fileKey, "names a file that cannot be read: \(name)")
                return nil
            }
            return secret(text.trimmingCharacters(in: .whitespacesAndNewlines), key: fileKey, cure: cure)
        }
    }

    private func secret(_ text: String, key: String, cure: String) -> HookSecret? {
        do {
            return try HookSecret(text)
        } catch {
            reader.mistake(key, error.message + cure)
            return nil
        }
    }

    private func events() -> HookEvents? {
        guard let words = reader.optional("events", [String].self) else { return .standard }
        guard !words.isEmpty else {
            reader.mistake("events", "is empty: leave it out for incidents and tasks, or write [\"*\"] for all")
            return nil
        }
        do {
            return try HookEvents(words)
        } catch {
            reader.mistake(
                "events",
                "has \"\(error.word)\", which is no event; write names such as \"incident.opened\", \"incident.*\""
                    + " or \"*\"")
            return nil
        }
    }

    private func offices() -> [OfficeID]? {
        guard let words = reader.optional("offices", [String].self) else { return nil }
        if words.isEmpty { reader.mistake("offices", "is empty: leave it out for all offices") }
        return words.compactMap { word in
            let office = OfficeID(word)
            if office == nil { reader.mistake("offices", "has \"\(word)\", which is no office's id") }
            return office
        }
    }

    private func certificates() -> String? {
        guard let name = reader.optional("ca_file", String.self) else { return nil }
        let path = self.path(name)
        guard let bytes = contents(path) else {
            reader.mistake("ca_file", "names a file that cannot be read: \(name)")
            return nil
        }
        guard String(decoding: bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
            reader.mistake("ca_file", "names a file without a certificate in PEM: \(name)")
            return nil
        }
        return path
    }

    private func has(_ key: String) -> Bool { reader.line(of: key) != reader.line }

    private func path(_ name: String) -> String {
        name.hasPrefix("/") || folder.isEmpty ? name : folder + "/" + name
    }
}
