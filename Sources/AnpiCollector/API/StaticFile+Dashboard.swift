import AnpiDashboards

extension StaticFile {
    /// The office web app as it was installed beside the program; empty where it was not.
    package static var officeDashboard: [StaticFile] {
        OfficeDashboard.files.map { StaticFile(path: $0.path, type: $0.contentType, bytes: $0.bytes) }
    }
}
