/// How the console looks and where it finds its themes.
public struct ConsoleOptions: Sendable {
    /// Name of a theme; nil for the default.
    public var theme: String?
    /// A folder that is searched for themes before all others.
    public var themesFolder: String?
    /// Nil to ask the environment.
    public var colors: ColorDepth?
    /// Whether to use ASCII alone; nil to ask the locale.
    public var isASCII: Bool?
    public var attachment = Attachment.none
    /// A file that what is seen is written to; there must be none of the name.
    public var recording: String?
    /// What is said at the start; nil for nothing.
    public var greeting: String?
    /// Snapshots and frames a second; 1…10.
    public var framesPerSecond = 4

    public init() {}
}

/// Why the console cannot start, in one line.
public struct ConsoleError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
}
