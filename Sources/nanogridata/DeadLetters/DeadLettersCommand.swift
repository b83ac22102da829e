import ArgumentParser
import NanoCore
import NanoServe

/// What destinations refused for good: looks at it, has it sent once more, or drops it.
struct DeadLettersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Look at packets that destinations refused for good, and settle them.",
        discussion: """
            Works while a gateway runs, and when none does. A running gateway carries out what is \
            asked for within a second; without one, letters to be redriven go out at the next start.

            Examples:
              nanogridata dead-letters list --route alba    what alba refused, newest last
              nanogridata dead-letters show 12              one, with answer and payload
              nanogridata dead-letters redrive --route alba --all
              nanogridata dead-letters drop 12 13 --yes     give up two of them
              nanogridata dead-letters redrive --filter 'status:422 model:esp32'

            Exit codes: 0 fine, 1 failed, also when nothing is called so, 2 bad usage.
            """,
        subcommands: [
            DeadLettersList.self, DeadLettersShow.self, DeadLettersRedrive.self,
            DeadLettersDrop.self,
        ])

    /// How letters are shown.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }
}

/// Which letters are meant.
struct DeadLetterChoice: ParsableArguments {
    @OptionGroup var folder: StateFolderOption

    @Option(help: "Only dead letters of this destination.")
    var route: String?

    /// - Throws: ``CommandFailure`` with exit code 1 when there is no store.
    func open() throws -> DeadLetterAccess {
        try DeadLetterFailure.told { try DeadLetterAccess(folder: folder.path) }
    }

    /// The letters with these ids, each of which has to be there.
    ///
    /// - Throws: ``CommandFailure``: with exit code 2 for what is no id, with 1 when there is none.
    func selection(_ texts: [String], in store: DeadLetterAccess) throws -> DeadLetterSelection {
        let ids = try texts.map { text in
            guard let id = DeadLetterSelection.ID(text) else {
                throw CommandFailure.misuse([
                    "\"\(SafeText.quotable(text, to: 60))\" is no id of a dead letter; use a number "
                        + "or an identity, as list shows them"
                ])
            }
            return id
        }
        let selection = DeadLetterSelection(route: route, ids: ids)
        let found = try DeadLetterFailure.told { try store.ids(selection) }
        if let missing = ids.first(where: { id in !found.contains(where: id.names) }) {
            throw CommandFailure.failed("no dead letter\(ofRoute) is called \(missing)")
        }
        return selection
    }

    /// All letters, of which there has to be one.
    ///
    /// - Throws: ``CommandFailure`` with exit code 1 when there is none.
    func everything(in store: DeadLetterAccess) throws -> DeadLetterSelection {
        let counts = try DeadLetterFailure.told { try store.counts() }
        guard let route else {
            guard counts.isEmpty else { return DeadLetterSelection() }
            throw CommandFailure.failed("there are no dead letters")
        }
        guard counts.contains(where: { $0.route == route }) else {
            let others = counts.map {
                "\(SafeText.escaped($0.route)) (\(PlainWords.count($0.letters)))"
            }.joined(separator: ", ")
            throw CommandFailure.failed(
                "there are no dead letters\(ofRoute)"
                    + (others.isEmpty ? "" : "; there are some of \(others)"))
        }
        return DeadLetterSelection(route: route)
    }

    /// - Throws: ``CommandFailure`` with exit code 1 when neither the letters nor the journal know of
    ///   such a destination.
    func requireKnownRoute(in store: DeadLetterAccess) throws {
        guard let route else { return }
        let counts = try DeadLetterFailure.told { try store.counts() }
        guard !counts.contains(where: { $0.route == route }) else { return }
        // Without a journal nobody can tell.
        guard let journal = try? folder.inspect(), !journal.routes.contains(route) else { return }
        let known = Set(journal.routes + counts.map(\.route)).sorted()
        let names = known.map { SafeText.escaped($0) }.joined(separator: ", ")
        throw CommandFailure.failed(
            "no destination is called \(SafeText.quotable(route, to: 60)); "
                + (known.isEmpty ? "there is none yet" : "there are \(names)"))
    }

    /// ` of alba`, or nothing where all are meant.
    var ofRoute: String {
        route.map { " of \(SafeText.quotable($0, to: 60))" } ?? ""
    }
}

/// Faults of the store, as the command line tells them.
enum DeadLetterFailure {
    static func told<Value>(_ action: () throws -> Value) throws -> Value {
        do {
            return try action()
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure.failed("\(error)")
        }
    }
}
