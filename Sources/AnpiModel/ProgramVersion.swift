/// The release that all programs of a build say they are.
package enum ProgramVersion {
    package static let text = "0.1.0"
}
