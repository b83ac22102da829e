import Foundation

/// How text gets from the console to the clipboard of whoever sits at the terminal: by OSC 52 (xterm,
/// "Operating System Commands"), which terminals take over any number of connections, and never answer.
public struct Clipboard: Equatable, Sendable {
    /// Whether the terminal takes text.
    public enum Reach: Equatable, Sendable {
        case likely
        /// Only if it is set up for that; with what that takes.
        case uncertain(String)
        /// With the reason.
        case none(String)
    }

    public let reach: Reach
    /// Whether tmux is in between.
    private let isInTmux: Bool

    /// Bytes of a text that terminals take: 100,000 with the sequence around it, in base64.
    public static let longestText = 74_994

    /// What the environment says about the terminal.
    public init(environment: [String: String]) {
        func isSet(_ name: String) -> Bool { !(environment[name] ?? "").isEmpty }
        let term = environment["TERM"] ?? ""
        isInTmux = isSet("TMUX")
        if isInTmux {
            reach = .uncertain("tmux hands it on with `set -s set-clipboard on`")
        } else if isSet("STY") || term.hasPrefix("screen") {
            reach = .none("screen does not hand it on")
        } else if term.isEmpty || term == "dumb" || term == "linux" || term.hasPrefix("vt") {
            reach = .none("the terminal \(term.isEmpty ? "" : term + " ")has no clipboard")
        } else if environment["TERM_PROGRAM"] == "Apple_Terminal" {
            reach = .none("Terminal does not take it")
        } else if isSet("VTE_VERSION") {
            reach = .uncertain("this terminal may not take it")
        } else {
            reach = .likely
        }
    }

    /// No terminal at all.
    init() {
        (reach, isInTmux) = (.none("there is no terminal"), false)
    }

    /// Whether the terminal takes this text.
    func reach(of text: String) -> Reach {
        if case .none = reach { return reach }
        let length = text.utf8.count
        guard length > Self.longestText else { return reach }
        let most = Numbers.grouped(UInt64(Self.longestText))
        return .none("\(Numbers.counted(UInt64(length), "byte")), and terminals take \(most)")
    }

    /// The bytes that put text on the clipboard; none for text that is too long. All that stands
    /// between the escapes is base64, whatever the text.
    public func bytes(for text: String) -> [UInt8] {
        guard text.utf8.count <= Self.longestText else { return [] }
        let sequence = "\u{1B}]52;c;\(Data(text.utf8).base64EncodedString())\u{07}"
        guard isInTmux else { return Array(sequence.utf8) }
        // For `set-clipboard` the sequence as it is; for `allow-passthrough` the same in tmux's own,
        // in which an escape is two.
        let passed = "\u{1B}Ptmux;\u{1B}\(sequence)\u{1B}\\"
        return Array((sequence + passed).utf8)
    }
}
