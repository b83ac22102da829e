import NanoCore
import Testing

@testable import NanoTUI

/// Random traffic and random keys: what comes in moves rows, and nothing that the operator holds.
@Suite struct TrafficTests {
    /// What belongs to the operator while he presses no key.
    private struct Held: Equatable {
        var view: ViewKind
        var overlay: String
        var opened: UInt64?
        var trail: Int
        var filters: [String]
        /// All rows, while a question is open.
        var rows: [RowID]?
        var isFollowing: Bool

        init(_ model: ConsoleModel) {
            view = model.view
            overlay = Self.words(model.overlay)
            opened = model.opened?.id
            trail = model.trail.count
            filters = ViewKind.allCases.map { model.filter($0).source }
            isFollowing = model.list(model.view).isFollowing
            if case .confirmation = model.overlay { rows = model.rowIDs }
        }

        private static func words(_ overlay: Overlay) -> String {
            switch overlay {
            case .none: "none"
            case .sheet(let sheet): "sheet \(sheet)".prefix(12) + ""
            case .confirmation(let asked):
                "\(asked.title) \(asked.text) \(asked.verb) \(asked.effects) \(asked.isArmed) "
                    + (asked.typed?.line.text ?? "")
            case .prompt(let prompt): "\(prompt.question)\(prompt.line.text) \(prompt.line.cursor)"
            case .filter(let line, let before):
                "/\(line.text) \(line.cursor) \(before?.source ?? "")"
            case .command(let line): ":\(line.text) \(line.cursor)"
            case .dump(let records, let format): "\(records.map(\.id)) \(format)"
            case .copy(let records, let form): "\(records.map(\.id)) \(form)"
            }
        }
    }

    /// The row that the operator has moved the cursor to; nil where the list's end is followed, and
    /// while a filter is typed that takes rows away and brings them back, and in the past.
    private func cursor(of model: ConsoleModel) -> RowID? {
        let list = model.list(model.view)
        if case .filter = model.overlay { return nil }
        if model.rewound != nil { return nil }
        return list.isFollowing || list.selected == nil
            ? nil : model.cursor.map { model.rowIDs[$0] }
    }

    private static let keys: [Key] =
        "1234567823456kkjjpxaRsSofwblLmt /:nuedyvgG?<>".map { .character($0) } + [
            .up, .down, .up, .down, .pageUp, .home, .enter, .enter, .escape, .escape, .escape, .tab,
            .backspace, .left, .right,
        ]

    /// Keys that lead to a question, wherever one is.
    private static let questions: [[Key]] = ["5jp", "6R", "2jb", "5x", "q"].map { keys in
        [.escape, .escape, .escape, .escape] + keys.map { .character($0) }
    }

    /// A snapshot in which rows have come, gone and changed their order.
    private func traffic(
        _ second: Int, using random: inout SeededGenerator
    ) -> Snapshot {
        var snapshot = SampleGateway.snapshot(second: second)
        snapshot.devices.shuffle(using: &random)
        snapshot.devices.removeLast(Int.random(in: 0...3, using: &random))
        for index in snapshot.devices.indices {
            snapshot.devices[index].packetsPerSecond = Double.random(in: 0...99, using: &random)
            snapshot.devices[index].refused = UInt64.random(in: 0...9, using: &random)
        }
        snapshot.devices.append(DeviceSnapshot(model: .stm32Gas, id: "NEW-\(second)"))
        snapshot.routes.shuffle(using: &random)
        for index in snapshot.routes.indices where Bool.random(using: &random) {
            snapshot.routes[index].state =
                RouteSnapshot.State.allCases.randomElement(using: &random) ?? .idle
        }
        snapshot.alarms.shuffle(using: &random)
        if Bool.random(using: &random) { snapshot.alarms.removeLast() }
        snapshot.alarms.append(
            AlarmSnapshot(
                id: "made-up/\(second)", severity: .critical,
                unixMilliseconds: snapshot.gateway.unixMilliseconds, title: "made up",
                text: "it is new; look at it"))
        snapshot.registry.rows.shuffle(using: &random)
        snapshot.offenders.rows.shuffle(using: &random)
        snapshot.secrets.shuffle(using: &random)
        return snapshot
    }

    @Test func `traffic moves no cursor, closes nothing, and changes no question's target`() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        var model = ConsoleModel.sample
        var asked = 0
        for step in 0..<1_500 {
            let pressed =
                step % 25 == 24
                ? Self.questions.randomElement(using: &random)
                : Self.keys.randomElement(using: &random).map { [$0] }
            for key in pressed ?? [] { _ = model.handle(key) }
            _ = model.picture(120, 40)
            let before = model
            model.receive(traffic(91 + step, using: &random))
            #expect(Held(before) == Held(model), "seed \(seed), step \(step)")
            if let row = cursor(of: before), model.rowIDs.contains(row) {
                #expect(cursor(of: model) == row, "seed \(seed), step \(step)")
            }
            guard case .confirmation(let confirmation) = model.overlay else { continue }
            asked += 1
            guard confirmation.typed == nil else { continue }
            var agreeing = model
            #expect(
                agreeing.handle(.character("y")) == confirmation.effects,
                "seed \(seed), step \(step)")
        }
        #expect(asked > 20, "seed \(seed)")
    }
}
