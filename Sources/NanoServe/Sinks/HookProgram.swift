/// A program that is run for events.
public struct HookProgram: Equatable, Sendable {
    /// A variable of its environment. Its value may be a credential, so nothing shows it.
    public struct Variable: Equatable, Sendable {
        public var name: String
        public var value: Secret

        public init(name: String, value: Secret) {
            self.name = name
            self.value = value
        }
    }

    /// Absolute.
    public var path: String
    /// As the program gets them: no shell looks at them.
    public var arguments: [String] = []
    /// All that is in its environment.
    public var environment: [Variable] = []

    /// What it may see of the gateway's environment, which otherwise holds secrets.
    public static let inheritedVariables = ["PATH", "LANG", "TZ", "HOME"]

    public init(path: String) {
        self.path = path
    }

    /// For people: `/usr/bin/notify, 2 arguments, environment PATH, SITE`. Arguments may be
    /// anybody's business, and are only counted.
    var shown: String {
        let count = arguments.count
        let names = environment.map(\.name).joined(separator: ", ")
        return path + (count == 0 ? "" : ", \(count) argument\(count == 1 ? "" : "s")")
            + (names.isEmpty ? "" : ", environment \(names)")
    }
}
