/// Where a user's state is kept (XDG Base Directory Specification).
enum UserState {
    /// The path of a file of this program's; nil where the environment names no place for it.
    static func file(_ name: String, environment: [String: String]) -> String? {
        func folder(_ name: String) -> String? {
            environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        let state = folder("XDG_STATE_HOME") ?? folder("HOME").map { $0 + "/.local/state" }
        return state.map { "\($0)/nanogridata/\(name)" }
    }
}
