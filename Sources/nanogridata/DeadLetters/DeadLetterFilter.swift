import ArgumentParser
import Foundation
import NanoCore
import NanoServe

/// Which letters are meant, by what is known of them.
struct DeadLetterFilter: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Only dead letters that match: 'status:422 model:esp32 since:1h'.",
            discussion: "docs/filters.md has the language."),
        transform: Self.read)
    var filter: Filter?

    @Sendable private static func read(_ text: String) throws -> Filter {
        let filter = Filter(text, in: .deadLetters)
        if let fault = filter.faults.first { throw Limited.Fault(description: fault.sentence) }
        guard !filter.isEmpty else {
            throw Limited.Fault(description: "it is empty, and would match everything; use --all")
        }
        return filter
    }

    /// The letters of a selection that match; all of it where there is no filter.
    func narrow(
        _ selection: DeadLetterSelection, in store: DeadLetterAccess
    ) throws -> DeadLetterSelection {
        guard let filter else { return selection }
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        var narrow = selection
        narrow.ids = try DeadLetterFailure.told {
            try store.ids(selection, matching: filter, now: now).map { .number($0.number) }
        }
        return narrow
    }

    /// ` that match 'status:422'`, or nothing.
    var words: String {
        filter.map { " that match '\(SafeText.quotable($0.source, to: 200))'" } ?? ""
    }
}
