import NanoCore

/// The rotation of many models, each for itself: what became of them as the answers come in.
struct RotationRound: Sendable {
    /// Models that no answer has come for.
    private var waiting: Set<ModelID>
    private let count: Int
    /// What was said of the models whose rotation was done, in their order.
    private var done: [String] = []
    private var failed: [String] = []

    init(_ models: [ModelID]) {
        waiting = Set(models)
        count = models.count
    }

    var isOver: Bool { waiting.isEmpty }

    /// Takes note of what became of one model.
    ///
    /// - Parameter name: Of the model, for people.
    /// - Returns: Whether it is one of these models; nothing is noted of others.
    mutating func note(_ model: ModelID, _ name: String, _ result: CommandResult) -> Bool {
        guard waiting.remove(model) != nil else { return false }
        switch result {
        case .done(let text), .unchanged(let text): done.append(text)
        case .counted: break
        case .failed(let text):
            failed.append(Command.rotateSecret(model).reason(text, named: name))
        }
        return true
    }

    /// How it stands, with each model that failed by name.
    var result: CommandResult {
        let rotated = "\(done.count) of \(Numbers.counted(UInt64(count), "model")) rotated"
        if !isOver { return .unchanged("\(rotated) so far") }
        guard failed.isEmpty else {
            let kept = failed.joined(separator: "; ")
            let rest = done.isEmpty ? "" : "; rotated: " + done.joined(separator: "; ")
            return .failed("\(rotated); not rotated: \(kept)\(rest)")
        }
        return .done("\(rotated): " + done.joined(separator: "; "))
    }
}

extension ConsoleModel {
    /// Models that a question names, at most.
    private static let mostNames = 8

    /// Asks about a new secret for every model that has one.
    mutating func askToRotateAll() {
        guard rotation == nil else {
            return say("the models are being rotated already", isFault: true)
        }
        let staged = live.secrets.filter { $0.state == .staged }
        let left = Set(staged.map(\.model))
        let models = live.secrets.filter { $0.state == .current && !left.contains($0.model) }
            .map(\.model)
        guard !models.isEmpty else {
            return say(
                staged.isEmpty
                    ? "no model has a secret yet"
                    : "what is staged has to be promoted or given up first", isFault: true)
        }
        let count = Numbers.counted(UInt64(models.count), "model")
        var text = [devices(of: models) + " " + graceOfAll]
        if !staged.isEmpty {
            let names = staged.map { "\(title(of: $0.model)) (generation \($0.generation))" }
            text.append("Left out, since a secret is staged: \(Self.names(names)).")
        }
        text.append(
            "One model after the other; one that fails leaves the others as they are. Each new secret "
                + "is written to a file of its own that only \(fileReader) can read; none is "
                + "shown.")
        overlay = .confirmation(
            Confirmation(
                title: "Rotate the current secrets of \(count)?", text: text, verb: "Rotate",
                effects: models.map { .perform(.rotateSecret($0)) },
                typed: TypedConsent(word: Numbers.grouped(UInt64(models.count)))))
    }

    /// Begins to count what becomes of the models that are asked to be rotated together.
    mutating func prepareRound(for effects: [Effect]) {
        let models = effects.compactMap { effect -> ModelID? in
            if case .perform(.rotateSecret(let model)) = effect { model } else { nil }
        }
        if models.count > 1 { rotation = RotationRound(models) }
    }

    /// What there is to say of a command that may be one of many.
    mutating func noteRotation(_ command: Command, _ result: CommandResult) -> CommandResult {
        guard case .rotateSecret(let model) = command, var round = rotation,
            round.note(model, title(of: model), result)
        else { return result }
        rotation = round.isOver ? nil : round
        return round.result
    }

    /// How many devices the models have, and each of them by name.
    private func devices(of models: [ModelID]) -> String {
        let rows = models.map { id in
            (id, UInt64(live.models.first { $0.id == id }?.devices ?? 0))
        }
        let names = rows.map { "\(title(of: $0)) (\(Numbers.counted($1, "device")))" }
        let total = Numbers.counted(rows.reduce(0) { $0 + $1.1 }, "device")
        return "\(total) seen since the start: \(Self.names(names))."
    }

    private var graceOfAll: String {
        let grace = live.gateway.graceHours
        return grace > 0
            ? "They need the new secrets within \(grace) hours: until then the old ones are accepted too."
            : "They are refused from now on, until they have the new secrets: no grace period is "
                + "configured for the old ones."
    }

    private static func names(_ all: [String]) -> String {
        let rest = all.count - mostNames
        return all.prefix(mostNames).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
