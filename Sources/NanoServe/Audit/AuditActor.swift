import Glibc
import NanoCore

/// Who acts, as far as the system tells.
public struct AuditActor: Equatable, Sendable {
    /// The way in.
    public enum Way: String, Sendable {
        /// A person at the console.
        case console
        /// A person at the command line.
        case cli
        /// Another program at the admin socket: a console, or a command line.
        case socket
        /// The gateway itself.
        case gateway
    }

    /// Name of the process's user; empty where the system has none for the number.
    public var user: String
    public var uid: UInt32
    public var way: Way
    /// The terminal on standard input: `/dev/pts/3`.
    public var terminal: String?
    /// Who became this user by sudo, as `SUDO_USER` says.
    public var sudoUser: String?

    public init(
        user: String, uid: UInt32, way: Way, terminal: String? = nil, sudoUser: String? = nil
    ) {
        self.user = user
        self.uid = uid
        self.way = way
        self.terminal = terminal
        self.sudoUser = sudoUser
    }

    /// Whoever this process belongs to.
    public static func current(_ way: Way, environment: [String: String]) -> AuditActor {
        let sudoUser = environment["SUDO_USER"] ?? ""
        return AuditActor(
            user: SystemNames.name(of: getuid()), uid: getuid(), way: way,
            terminal: way == .gateway ? nil : terminalName,
            sudoUser: sudoUser.isEmpty ? nil : SafeText.shortened(sudoUser, to: 64))
    }

    private static var terminalName: String? {
        var name = [CChar](repeating: 0, count: 256)
        guard ttyname_r(STDIN_FILENO, &name, name.count) == 0 else { return nil }
        return name.withUnsafeBytes { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
