import Foundation
import NanoCore

/// One line of the audit trail: who did what, when, and what became of it.
public struct AuditEntry: Equatable, Sendable {
    /// Whether the action was done.
    public enum Outcome: String, Codable, Sendable {
        /// It was about to be begun; another entry tells what became of it.
        case begun
        case done, failed
    }

    /// Of the line's form. Later ones add fields and keep these.
    static let version = 2
    /// Numbers are below; no trail gets there, and JSON's readers hold them exactly.
    static let endOfNumbers: UInt64 = 1 << 53
    /// What an entry says when the line before it has no end.
    static let tornNote = "the line before is torn"
    /// What the first entry of a chain says when the one before is broken; the reason follows.
    static let brokenNote = "the chain is broken: "
    /// Whether the line before lost its end when its writer died.
    var tellsOfTorn: Bool { note?.hasPrefix(Self.tornNote) == true }
    private static let targetCharacters = 200
    private static let sentenceCharacters = 1_000

    /// One more than the entry before has.
    public var number: UInt64
    /// The number of the entry that announced the action; nil where none did.
    public var begun: UInt64?
    /// SHA-256 of the line before with its end, as hexadecimal digits, or of where the chain begins;
    /// nil in trails of before there were chains.
    public var previous: String?
    /// Where the entry begins a chain, what stands before it.
    var chain: AuditChain.Beginning?
    /// When it was asked for: RFC 3339 in UTC, with milliseconds.
    public var time: String
    public var actor: AuditActor
    /// A word of `AuditAction`; a newer release may know others.
    public var action: String
    public var target: String
    public var result: Outcome
    /// What was done, or why not; empty for what is begun.
    public var sentence: String
    /// What is to be known about the trail itself.
    public var note: String?

    /// What is about to be begun; its number comes with its place in the file.
    init(
        unixMilliseconds: Int64, actor: AuditActor, action: AuditAction, target: String
    ) {
        number = 0
        time = Timestamp.iso8601(unixMilliseconds)
        self.actor = actor
        self.action = action.rawValue
        self.target = SafeText.shortened(target, to: Self.targetCharacters)
        result = .begun
        sentence = ""
    }

    /// Makes it tell what became of the action.
    ///
    /// - Parameter begun: The number of the entry that announced it.
    mutating func finish(with result: CommandResult, begun: UInt64?) {
        let words: String
        switch result {
        case .done(let text), .unchanged(let text): (self.result, words) = (.done, text)
        case .counted(let count): (self.result, words) = (.done, "\(count)")
        case .failed(let text): (self.result, words) = (.failed, text)
        }
        sentence = SafeText.shortened(words, to: Self.sentenceCharacters)
        self.begun = begun
    }

    /// The line with its end.
    var line: [UInt8] {
        var fields: [(name: String, value: String)] = [("time", time), ("user", actor.user)]
        fields.append(("via", actor.way.rawValue))
        if let terminal = actor.terminal { fields.append(("tty", terminal)) }
        if let sudoUser = actor.sudoUser { fields.append(("sudo_user", sudoUser)) }
        fields += [
            ("action", action), ("target", target), ("result", result.rawValue),
            ("sentence", sentence),
        ]
        if let note { fields.append(("note", note)) }
        var line = Array("{\"version\":\(Self.version),\"number\":\(number)".utf8)
        if let begun { line += ",\"begun\":\(begun)".utf8 }
        if let previous { line += ",\"previous\":\"\(previous)\"".utf8 }
        if let chain {
            line += ",\"chain\":{\"covers\":\(chain.covers),\"sha256\":\"\(chain.sha256)\"}".utf8
        }
        line += ",\"uid\":\(actor.uid)".utf8
        for field in fields {
            line.append(UInt8(ascii: ","))
            JSONText.writeString(field.name, into: &line)
            line.append(UInt8(ascii: ":"))
            JSONText.writeString(field.value, into: &line)
        }
        line += "}\n".utf8
        return line
    }

    /// For people, in one line without anything that could harm a terminal.
    public var text: String {
        var who = "\(actor.user.isEmpty ? "?" : actor.user) (\(actor.uid))"
        if let sudoUser = actor.sudoUser { who += " for \(sudoUser)" }
        who += " by \(actor.way.rawValue)"
        if let terminal = actor.terminal { who += " at \(terminal)" }
        let outcome = result == .begun ? "not finished" : "\(result.rawValue): \(sentence)"
        let numbers = (begun.map { "\($0), " } ?? "") + "\(number)"
        return SafeText.escaped(
            "\(numbers)  \(time)  \(who)  \(action) \(target)  \(outcome)"
                + (note.map { "  (\($0))" } ?? "") + (previous == nil ? "  (not chained)" : ""))
    }
}

extension AuditEntry: Decodable {
    private enum Key: String, CodingKey {
        case number, begun, previous, chain, time, user, uid, via, tty, action, target, result,
            sentence, note
        case sudoUser = "sudo_user"
    }

    /// Reads a line; fields of later versions are passed over.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        number = try fields.decode(UInt64.self, forKey: .number)
        guard number < Self.endOfNumbers else {
            throw DecodingError.dataCorruptedError(
                forKey: .number, in: fields, debugDescription: "not a number of an entry")
        }
        previous = try fields.decodeIfPresent(String.self, forKey: .previous)
        chain = try fields.decodeIfPresent(AuditChain.Beginning.self, forKey: .chain)
        begun = try fields.decodeIfPresent(UInt64.self, forKey: .begun)
        time = try fields.decode(String.self, forKey: .time)
        let way = try fields.decode(String.self, forKey: .via)
        guard let way = AuditActor.Way(rawValue: way) else {
            throw DecodingError.dataCorruptedError(
                forKey: .via, in: fields, debugDescription: "not a way in")
        }
        actor = AuditActor(
            user: try fields.decode(String.self, forKey: .user),
            uid: try fields.decode(UInt32.self, forKey: .uid), way: way,
            terminal: try fields.decodeIfPresent(String.self, forKey: .tty),
            sudoUser: try fields.decodeIfPresent(String.self, forKey: .sudoUser))
        action = try fields.decode(String.self, forKey: .action)
        target = try fields.decode(String.self, forKey: .target)
        result = try fields.decode(Outcome.self, forKey: .result)
        sentence = try fields.decode(String.self, forKey: .sentence)
        note = try fields.decodeIfPresent(String.self, forKey: .note)
    }

    /// The entry in a line without its end; nil when it is none.
    static func read(_ line: some Collection<UInt8>) -> AuditEntry? {
        try? JSONDecoder().decode(AuditEntry.self, from: Data(line))
    }
}
