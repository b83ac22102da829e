import NanoCore
import Testing

@testable import NanoTUI

/// From a route to its dead letters, and what is done about them.
@Suite struct DeadLetterKeysTests {
    private func model() -> ConsoleModel {
        var model = ConsoleModel.sample
        model.press(.character("5"), .home, .character("l"))
        return model
    }

    @Test(arguments: [(80, 24), (120, 40)])
    func `a route leads to its dead letters, the newest first, and Esc back`(size: (Int, Int)) {
        var model = model()
        #expect(model.parts == .deadLetters)
        let picture = model.picture(size.0, size.1)
        #expect(picture.contains("Dead letters of alba · 1,734"))
        #expect(picture.contains("the newest 30"))
        #expect(model.letters.map(\.number) == Array((1...30).reversed()))
        for words in ["condemned", "status", " 422 ", "r redrive", "x drop"] {
            #expect(picture.contains(words), "\(words)\n\(picture)")
        }
        model.press(.escape)
        #expect(model.view == .routes && model.parts == [])
    }

    @Test func `Tab leads on from the routes`() {
        var model = model()
        model.press(.tab)
        #expect(model.view == .secrets)
        model = self.model()
        model.press(.backTab)
        #expect(model.view == .rejections)
    }

    @Test func `one is read whole, and nothing hostile is drawn`() {
        var model = model()
        model.press(.down, .enter)
        let picture = model.picture(80, 24)
        for words in ["Dead letter 29", "df3b3316f001d77970ea65e8a29b3142", "is not known here"] {
            #expect(picture.contains(words), "\(words)\n\(picture)")
        }
        #expect(picture.contains("\"pressure_pa\":101325"))
        model.press(.escape, .up, .enter)
        #expect(model.picture(80, 24).contains("\\u{1B}[2Jevil"))
    }

    @Test func `one is sent once more without a question`() {
        var model = model()
        _ = model.handle(.down)
        #expect(
            model.handle(.character("r")) == [.perform(.redrive("alba", letters: [29]))])
        #expect(!isAsking(model))
    }

    @Test(arguments: [
        (
            Character("x"), Command.dropDeadLetters("alba", letters: .numbers([30])),
            "Drop dead letter 30?"
        ),
        ("R", .redrive("alba", letters: nil), "Redrive all of alba?"),
    ])
    func `what concerns many, or is for good, is asked about first`(
        key: Character, command: Command, title: String
    ) {
        var model = model()
        #expect(model.handle(.character(key)).isEmpty)
        let picture = model.picture(80, 24)
        #expect(picture.contains(title))
        if key != "x" { #expect(picture.contains("1,734 dead letters of alba are")) }
        #expect(model.handle(.enter).isEmpty, "Cancel is the default")
        _ = model.handle(.character(key))
        #expect(model.handle(.character("y")) == [.perform(command)])
    }

    @Test func `all of a route are dropped when its name is typed`() {
        var model = model()
        model.press(.character("X"))
        let picture = model.picture(80, 24)
        #expect(picture.contains("Drop all of alba?") && picture.contains("cannot be undone"))
        #expect(model.press(.character("y"), .enter).isEmpty)
        model.press(.backspace)
        model.type("alba")
        #expect(
            model.press(.enter)
                == [.perform(.dropDeadLetters("alba", letters: .all(upTo: 30)))])
    }

    @Test func `what is marked is sent or dropped together, whatever the filter hides`() {
        var model = model()
        model.press(.character("M"), .down, .down, .character("M"))
        model.press(.character("r"))
        let picture = model.picture(80, 24)
        #expect(picture.contains("Redrive 2 dead letters?"), "\(picture)")
        #expect(picture.contains("1,732 others of the route"))
        #expect(
            model.handle(.character("y")) == [.perform(.redrive("alba", letters: [30, 28]))])
        model.type("/device:nobody")
        model.press(.enter, .character("x"))
        #expect(model.picture(80, 24).contains("The 2 marked dead letters of alba are given up"))
        #expect(
            model.handle(.character("y"))
                == [.perform(.dropDeadLetters("alba", letters: .numbers([30, 28])))])
    }

    @Test func `the mark of a letter that is gone goes with it`() {
        var model = model()
        model.press(.character("M"), .down, .character("M"))
        var snapshot = SampleGateway.snapshot(second: 92, parts: model.parts)
        snapshot.routes[0].newestDeadLetters.removeLast()
        model.receive(snapshot)
        #expect(model.marks.count(in: .deadLetters) == 1)
        #expect(model.marks.isMarked(.number(29), in: .deadLetters))
    }

    @Test func `marks of letters that newer ones have taken the place of are told of, not lost`() {
        var model = model()
        model.press(.end, .character("M"), .up, .character("M"), .home, .character("M"))
        var snapshot = SampleGateway.snapshot(second: 92, parts: model.parts)
        func come(_ numbers: Range<Int64>) {
            for number in numbers {
                var letter = snapshot.routes[0].newestDeadLetters[29]
                letter.number = number
                snapshot.routes[0].newestDeadLetters.append(letter)
                snapshot.routes[0].newestDeadLetters.removeFirst()
                snapshot.routes[0].deadLetters += 1
                snapshot.routes[0].accepted += 1
            }
            model.receive(snapshot)
        }
        come(31..<32)
        #expect(
            model.notice?.text == "1 marked letter is no longer in this list, and not chosen")
        come(32..<34)
        #expect(
            model.notice?.text == "2 marked letters are no longer in this list, and not chosen")
        #expect(model.picture(120, 40).contains("◆ 1 marked · 2 marked not listed any more"))
        model.press(.character("x"))
        #expect(
            model.picture(120, 40).contains(
                "2 marked letters are no longer in this list, and stay."))
        model.press(.escape)
        // All are away: the letter under the cursor was not meant.
        come(34..<70)
        for key in "rx" {
            #expect(model.press(.character(key)).isEmpty && !isAsking(model))
            #expect(model.notice?.text.contains("3 marked letters") == true)
        }
        model.press(.character("U"))
        #expect(model.press(.character("r")) == [.perform(.redrive("alba", letters: [69]))])
    }

    /// All of the route are listed, so that nobody has to count.
    private func modelOfFew() -> ConsoleModel {
        var model = model()
        var snapshot = SampleGateway.snapshot(second: 91)
        snapshot.routes[0].deadLetters = UInt64(snapshot.routes[0].newestDeadLetters.count)
        model.receive(snapshot)
        return model
    }

    @Test func `where all are listed the keys are about these, and the drop is typed`() {
        var model = modelOfFew()
        model.type("/device:ESP32-01*")
        model.press(.enter)
        let numbers = model.letters.map(\.number)
        #expect(numbers.count == 9)
        model.press(.character("R"))
        #expect(model.picture(80, 24).contains("The 9 listed dead letters of alba are sent"))
        #expect(model.press(.character("y")) == [.perform(.redrive("alba", letters: numbers))])
        model.press(.character("X"))
        #expect(model.picture(80, 24).contains("Drop 9 dead letters?"))
        model.type("alba")
        #expect(
            model.press(.enter)
                == [.perform(.dropDeadLetters("alba", letters: .numbers(numbers)))])
    }

    /// A console that has filtered them, and what it asks the gateway.
    private func counting(_ key: Character) throws -> (model: ConsoleModel, query: LetterQuery) {
        var model = model()
        model.type("/device:ESP32-01*")
        let effects = model.press(.enter, .character(key))
        guard case .perform(.countDeadLetters("alba", let query))? = effects.last else {
            Issue.record("nothing is counted: \(effects)")
            throw CancellationError()
        }
        #expect(!isAsking(model))
        return (model, query)
    }

    @Test func `where older ones match too the question says how many the gateway has counted`()
        throws
    {
        for (key, title) in [("R", "Redrive 412 dead letters?"), ("X", "Drop 412 dead letters?")] {
            var (model, query) = try counting(Character(key))
            #expect(query.filter == "device:ESP32-01*")
            #expect(query.upTo == model.live.routes[0].highestDeadLetter)
            #expect(query.asOf == model.live.gateway.unixMilliseconds)
            model.finish(.countDeadLetters("alba", query), .counted(412))
            let picture = model.picture(100, 24)
            for words in [
                title, "All 412 dead letters of alba that match device:ESP32-01*",
                "403 of them are older than what is listed here.", "1,322 others",
            ] {
                #expect(picture.contains(words), "\(words)\n\(picture)")
            }
            guard key == "X" else {
                #expect(
                    model.press(.character("y"))
                        == [.perform(.redriveMatching("alba", query, atMost: 412))])
                continue
            }
            #expect(model.press(.character("y"), .enter).isEmpty, "its name has to be typed")
            model.press(.backspace)
            model.type("alba")
            #expect(
                model.press(.enter)
                    == [
                        .perform(
                            .dropDeadLetters("alba", letters: .matching(query, atMost: 412)))
                    ])
        }
    }

    @Test func `nothing is asked when the count comes to another view, filter or question`() throws
    {
        for keys in [[Key.escape], [.escape, .escape], [.character("?")], [.character("1")]] {
            var (model, query) = try counting("X")
            for key in keys { model.press(key) }
            model.finish(.countDeadLetters("alba", query), .counted(412))
            #expect(!isAsking(model), "\(keys)")
            #expect(model.message?.text.hasPrefix("nothing was done") == true)
        }
    }

    @Test func `what cannot be counted, and a count of none, are said`() throws {
        var (model, query) = try counting("X")
        model.finish(.countDeadLetters("alba", query), .failed("the disk is away"))
        #expect(!isAsking(model) && model.notice?.text == "the disk is away")
        model.press(.character("X"))
        model.finish(.countDeadLetters("alba", query), .counted(0))
        #expect(!isAsking(model) && model.notice?.text.contains("matches no dead letter") == true)
    }

    @Test(arguments: [("/device:nobody", "lists no dead letter"), ("/device:", "filter is wrong")])
    func `a filter that chooses nothing is never taken for all`(filter: String, words: String) {
        for key in "RX" {
            var model = modelOfFew()
            model.type(filter)
            model.press(.enter)
            if case .filter = model.overlay { continue }
            #expect(model.press(.character(key)).isEmpty && !isAsking(model))
            #expect(model.notice?.text.contains(words) == true, "\(model.notice?.text ?? "")")
        }
    }

    @Test func `letters that come while a question is open change nothing about it`() {
        var model = model()
        _ = model.handle(.character("x"))
        var snapshot = SampleGateway.snapshot(second: 92)
        var letter = snapshot.routes[0].newestDeadLetters[0]
        letter.number = 31
        snapshot.routes[0].newestDeadLetters.append(letter)
        model.receive(snapshot)
        #expect(model.letters.first?.number == 30, "no row moves under a question")
        #expect(
            model.handle(.character("y"))
                == [.perform(.dropDeadLetters("alba", letters: .numbers([30])))])
        #expect(model.letters.first?.number == 31)
    }

    @Test func `a route without dead letters says so, and there is nothing to do`() {
        var model = ConsoleModel.sample
        model.press(.character("5"), .end, .character("l"))
        model.receive(SampleGateway.snapshot(second: 92))
        #expect(model.picture(80, 24).contains("influx has no dead letters."))
        for key in "rRxX" {
            #expect(model.handle(.character(key)).isEmpty)
            #expect(!isAsking(model))
        }
    }

    @Test func `they are filtered by device and by what was answered`() {
        var model = model()
        for key in "/device:ESP32-01*" { _ = model.handle(.character(key)) }
        _ = model.handle(.enter)
        #expect(model.letters.count == 9)
    }

    private func isAsking(_ model: ConsoleModel) -> Bool {
        if case .confirmation = model.overlay { true } else { false }
    }
}
