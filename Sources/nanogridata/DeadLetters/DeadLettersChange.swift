import ArgumentParser
import Foundation
import Glibc
import NanoCore
import NanoServe

/// The letters that are to be changed: by ids, by a filter, or all that there are.
struct DeadLetterTargets: ParsableArguments {
    @OptionGroup var choice: DeadLetterChoice
    @OptionGroup var matching: DeadLetterFilter

    @Flag(help: "All dead letters, or all of the destination.")
    var all = false

    @Argument(help: ArgumentHelp("Numbers or identities, as list shows them.", valueName: "id"))
    var ids: [String] = []

    func selection(in store: DeadLetterAccess) throws -> DeadLetterSelection {
        guard ids.isEmpty else { return try choice.selection(ids, in: store) }
        let selection = try matching.narrow(choice.everything(in: store), in: store)
        guard selection.ids?.isEmpty == true else { return selection }
        throw CommandFailure.failed(
            "there are no dead letters\(choice.ofRoute)\(matching.words)")
    }

    /// Does something to the letters, with an entry in the audit trail, and prints what was done.
    ///
    /// - Throws: ``CommandFailure`` with exit code 1 when it fails, or the trail cannot be written;
    ///   without a trail nothing is done.
    func record(_ action: AuditAction, _ act: () throws -> String) throws {
        let which = matching.filter?.source ?? (all ? "all" : ids.joined(separator: " "))
        let target = (choice.route.map { "\($0): " } ?? "") + which
        print(
            try AuditedAct(action: action, target: target, stateFolder: choice.folder.path)
                .perform(act))
    }

    func validate() throws {
        let ways = [all, !ids.isEmpty, matching.filter != nil].count(where: \.self)
        guard ways != 1 else { return }
        throw ValidationError(
            ways > 1
                ? "give ids, --filter or --all, and one of them alone"
                : "say which dead letters: ids, --filter, or --all")
    }
}

struct DeadLettersRedrive: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive", abstract: "Have dead letters sent once more.")

    @OptionGroup var targets: DeadLetterTargets

    func run() throws {
        let store = try targets.choice.open()
        let selection = try targets.selection(in: store)
        try targets.record(.redriveDeadLetters) {
            let (count, executor) = try store.redrive(selection)
            guard count > 0 else { return "they are all to be sent already" }
            let letters = PlainWords.count(UInt64(count), "dead letter")
            let verb = count == 1 ? "goes" : "go"
            return switch executor {
            case .gateway: "\(letters) \(verb) out once more; the running gateway sends them"
            case .nextStart: "\(letters) \(verb) out once more when a gateway starts"
            }
        }
    }
}

struct DeadLettersDrop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Give dead letters up for good.")

    @OptionGroup var targets: DeadLetterTargets

    @Flag(help: "Do not ask.")
    var yes = false

    func run() throws {
        let store = try targets.choice.open()
        var selection = try targets.selection(in: store)
        let found = try DeadLetterFailure.told { try store.ids(selection) }
        // What comes while the operator thinks was not asked about.
        selection.highest = found.map(\.number).max()
        let letters = PlainWords.count(UInt64(found.count), "dead letter")
        guard try yes || Confirmation.isGiven("drop \(letters) for good?") else {
            throw CommandFailure.failed("nothing was dropped")
        }
        try targets.record(.dropDeadLetters) {
            let (count, executor) = try store.drop(selection)
            let dropped = PlainWords.count(UInt64(count), "dead letter")
            return switch executor {
            case .gateway: "\(dropped) to be dropped; the running gateway does it"
            case .nextStart: "\(dropped) dropped"
            }
        }
    }
}
