import ArgumentParser
import NanoCore
import NanoServe

struct DeadLettersList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List dead letters, the newest last.")

    @OptionGroup var choice: DeadLetterChoice
    @OptionGroup var matching: DeadLetterFilter

    @Option(
        parsing: .unconditional, help: "Only the newest; all by default.",
        transform: Limited.integer(1...10_000_000))
    var limit: Int?

    @Option(
        help: """
            A table, cut to the width of a terminal and whole elsewhere, or a JSON object a line.
            """)
    var format = DeadLettersCommand.Format.text

    func run() throws {
        let store = try choice.open()
        try choice.requireKnownRoute(in: store)
        let letters = try DeadLetterFailure.told {
            let all = DeadLetterSelection(route: choice.route)
            return try store.letters(matching.narrow(all, in: store), newest: limit)
        }
        guard !letters.isEmpty else {
            if format == .text { print("no dead letters\(choice.ofRoute)\(matching.words)") }
            return
        }
        let output = OutputStream()
        do {
            for line in lines(of: letters) {
                output.bytes += line
                output.bytes.append(UInt8(ascii: "\n"))
                try output.flushIfFull()
            }
            try output.flush()
        } catch is OutputStream.ReaderLeft {
            return
        }
    }

    private func lines(of letters: [DeadLetter]) -> any Sequence<[UInt8]> {
        switch format {
        case .json: letters.lazy.map { DeadLetterText.json($0, isWhole: false) }
        case .text:
            DeadLetterText.table(letters, width: OutputStream.terminalColumns).lazy
                .map { Array($0.utf8) }
        }
    }
}

struct DeadLettersShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show dead letters whole, with answer, payload and frame.")

    @OptionGroup var choice: DeadLetterChoice

    @Argument(help: ArgumentHelp("Numbers or identities, as list shows them.", valueName: "id"))
    var ids: [String]

    @Option(help: "One fact a line, or a JSON object a line.")
    var format = DeadLettersCommand.Format.text

    func run() throws {
        let store = try choice.open()
        let selection = try choice.selection(ids, in: store)
        let letters = try DeadLetterFailure.told { try store.letters(selection) }
        for letter in letters {
            switch format {
            case .json:
                print(String(decoding: DeadLetterText.json(letter, isWhole: true), as: UTF8.self))
            case .text: for line in DeadLetterText.facts(letter) { print(line) }
            }
        }
    }
}
