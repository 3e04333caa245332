#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A place on the earth in degrees, WGS 84.
package struct Coordinate: Hashable, Sendable, Codable {
    /// Degrees north, -90…90.
    package var latitude: Double
    /// Degrees east, -180…180.
    package var longitude: Double

    package init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }

    /// True where both degrees are finite and within their range.
    package var isValid: Bool {
        (-90...90).contains(latitude) && (-180...180).contains(longitude)
    }

    /// Great-circle distance in kilometres on a sphere of the mean radius 6371.0088 km (haversine formula).
    package func distanceKilometers(to other: Coordinate) -> Double {
        let radians = Double.pi / 180
        let halfLatitude = (other.latitude - latitude) * radians / 2
        let halfLongitude = (other.longitude - longitude) * radians / 2
        let chord =
            sin(halfLatitude) * sin(halfLatitude)
            + cos(latitude * radians) * cos(other.latitude * radians) * sin(halfLongitude) * sin(halfLongitude)
        return 2 * 6_371.0088 * asin(min(1, chord.squareRoot()))
    }
}
