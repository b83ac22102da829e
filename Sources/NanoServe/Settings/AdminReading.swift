import NanoCore

extension Settings {
    /// The socket for consoles and command lines of this machine. Section `admin`.
    public struct Admin: Equatable, Sendable {
        /// Key `admin.enabled`; default true.
        public var isEnabled = true
        /// Where the socket is; nil for `admin.sock` in the state folder. Key `admin.socket`,
        /// environment `NANOGRIDATA_ADMIN_SOCKET`.
        public var socket: String?
        /// Number of the group that may connect; nil for the gateway's user and root alone. Key
        /// `admin.group`, a name.
        public var group: UInt32?
        /// Numbers of users that may do everything; others that can connect may look. Key
        /// `admin.operators`, names; default none besides the gateway's user and root.
        public var operators: Set<UInt32> = []

        public init() {}

        /// Where the gateway's socket is by its file, for programs that speak to it; nil for in the state
        /// folder. The rest of the file is not judged.
        ///
        /// - Throws: ``SettingsError`` when the file cannot be read, or what it says of the socket.
        public static func socket(
            environment: [String: String], configFile: String?
        ) throws(SettingsError) -> String? {
            guard let path = configFile ?? SettingsPlaces.configFile(environment) else {
                return nil
            }
            var reader = SettingsReader(
                arguments: SettingsOverrides(), environment: [:],
                file: try SettingsFile(path: path))
            let socket = reader.text("admin.socket", limit: 4_096)
            guard reader.problems.isEmpty else { throw SettingsError(lines: reader.sortedProblems) }
            return socket
        }

        /// Where the socket is.
        public func path(inFolder stateFolder: String) -> String {
            socket ?? stateFolder + "/" + AdminSocket.fileName
        }
    }
}

extension Settings.Admin {
    /// - Returns: What is allowed but probably not meant, a line each.
    mutating func read(_ reader: inout SettingsReader) -> [String] {
        isEnabled = reader.flag("admin.enabled") ?? isEnabled
        socket = reader.path("admin.socket", "NANOGRIDATA_ADMIN_SOCKET")
        if let finding = reader.find("admin.group") {
            reader.charge(finding.place, "says who may give commands")
            group = SystemNames.group(named: finding.text)
            if group == nil {
                reader.refuse(
                    finding, "is no group of this machine", allowed: "the name of a group")
            }
        }
        for finding in reader.list("admin.operators") {
            guard let user = SystemNames.user(named: finding.text) else {
                reader.refuse(
                    finding, "is no user of this machine", allowed: "names of users")
                continue
            }
            operators.insert(user)
            reader.charge(finding.place, "says who may give commands")
        }
        var warnings: [String] = []
        if !operators.isEmpty, group == nil {
            warnings.append(
                "admin.operators: without admin.group nobody else can reach the admin socket")
        }
        if group != nil, socket == nil {
            warnings.append(
                "admin.group: nobody else can enter the state folder; set admin.socket to a place "
                    + "that the group can reach")
        }
        return warnings
    }

    /// What is in effect, in a line.
    func summary(stateFolder: String) -> String {
        guard isEnabled else { return "none" }
        let others = group.map { "group \($0), mode 0660" } ?? "mode 0600"
        let more =
            operators.isEmpty
            ? "" : ", " + PlainWords.count(UInt64(operators.count), "more operator")
        return "\(path(inFolder: stateFolder)), \(others)\(more)"
    }
}
