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
    /// Whether the mouse works in the console; nil for as it was left.
    public var isMouseOn: Bool?
    public var attachment = Attachment.none
    /// A file that what is seen is written to; there must be none of the name.
    public var recording: String?
    /// Which key does what.
    public var keyMap = KeyMap.standard
    /// Commands that were typed in earlier consoles, oldest first.
    public var history: [String] = []
    /// Keeps a command for later consoles; what is wrong when it cannot, in a sentence.
    public var remember: (@Sendable (String) -> String?)?
    /// How earlier consoles were set up.
    public var lasting = LastingSettings()
    /// What was wrong with what they have left, in sentences.
    public var faults: [String] = []
    /// Keeps what has changed of that for later consoles; what the operator has to know, in a sentence.
    /// Throws when it could not, in a sentence too.
    public var keep: (@Sendable (_ old: LastingSettings, _ new: LastingSettings) throws -> String?)?
    /// Makes a file of a path with a text, or throws a sentence.
    public typealias Write = @Sendable (_ path: String, _ text: String) throws -> Void
    /// Writes what is saved; nothing that is there is written over.
    public var write: Write?
    /// A script that is run, and its file for messages.
    public var script: (text: String, file: String)?
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
