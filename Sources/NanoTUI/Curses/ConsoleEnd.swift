/// Why the console has ended.
public enum ConsoleEnd: Equatable, Sendable {
    /// The operator has quit.
    case quit
    /// The gateway has ended.
    case closed
    /// A signal came, or the terminal went away (SIGHUP).
    case signal(Int32)
    /// The script has failed, with file and line.
    case failed(String)
}
