import NanoCore
import Testing

@testable import NanoTUI

@Suite struct SheetTests {
    @Test(arguments: [(60, 16), (80, 24)])
    func `a log line is read to its last word`(size: (Int, Int)) {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        let words = (1...60).map { "word\($0)" }.joined(separator: " ")
        snapshot.log = [
            LogLine(
                id: 9, unixMilliseconds: 0, level: "error", label: "route.alba",
                message: words + " last=word")
        ]
        model.receive(snapshot)
        model.press(.character("8"), .enter)
        #expect(model.picture(size.0, size.1).contains("route.alba"))
        model.press(.end)
        #expect(model.picture(size.0, size.1).contains("last=word"))
    }

    @Test func `a route is read with its whole error`() {
        var model = ConsoleModel.sample
        var snapshot = SampleGateway.snapshot(second: 91)
        let error = "connection refused by 10.0.0.9:8086 after 2,000 ms, 12 times in a row"
        snapshot.routes[2].lastError = error
        snapshot.routes[2].lastErrorUnixMilliseconds = SampleGateway.unixMilliseconds + 88_000
        model.receive(snapshot)
        model.press(.character("5"), .end, .enter)
        let picture = model.picture(120, 40)
        for words in [error, "00:01:28Z", "00:03 ago", "dead letters", "arriving", "in flight"] {
            #expect(picture.contains(words), "\(words)\n\(picture)")
        }
    }

    @Test func `help scrolls where it is longer than the screen, and closes`() {
        var model = ConsoleModel.sample
        model.press(.character("3"), .character("?"))
        let first = model.picture(60, 16)
        model.press(.pageDown)
        #expect(model.picture(60, 16) != first)
        model.press(.end)
        #expect(model.picture(60, 16).contains("draw everything anew"))
        model.press(.home)
        #expect(model.picture(60, 16) == first)
        for key in [Key.escape, .character("?"), .character("q")] {
            model.press(key)
            #expect(!model.picture(60, 16).contains("Keys in"))
            model.press(.character("?"))
        }
    }

    @Test func `a sheet scrolled past its end comes back with the first key`() {
        var model = ConsoleModel.sample
        model.press(.character("3"), .character("?"), .end)
        let end = model.picture(60, 16)
        model.press(.up)
        #expect(model.picture(60, 16) != end)
    }

    @Test(arguments: [(60, 16), (80, 24)])
    func `no word of a question is cut`(size: (Int, Int)) {
        let questions: [[Key]] = [
            [.character("q")], [.character("5"), .home, .character("p")],
            [.character("6"), .character("R")], [.character("6"), .down, .character("R")],
        ]
        for keys in questions {
            var model = ConsoleModel.sample
            for key in keys { model.press(key) }
            guard case .confirmation(let confirmation) = model.overlay else {
                Issue.record("no question after \(keys)")
                continue
            }
            let picture = model.picture(size.0, size.1)
            let inside = picture.split(separator: "\n").compactMap { line -> Substring? in
                let parts = line.split(separator: "│", omittingEmptySubsequences: false)
                return parts.count == 3 ? parts[1] : nil
            }.joined(separator: " ").split(separator: " ").joined(separator: " ")
            for text in confirmation.text { #expect(inside.contains(text), "\(picture)") }
            #expect(inside.contains("[Cancel] \(confirmation.verb)"))
        }
    }

    @Test func `a question on a former secret names the current one`() {
        var model = ConsoleModel.sample
        model.press(.character("6"), .home, .down, .character("R"))
        let picture = model.picture(80, 24)
        #expect(picture.contains("The cursor is on generation 3"))
        #expect(picture.contains("Generation 4"))
    }

    @Test func `while a question is open the bottom line has its keys alone`() {
        var model = ConsoleModel.sample
        model.press(.character("q"))
        let line = model.picture(120, 40).split(separator: "\n").last ?? ""
        #expect(line.contains("Esc cancel") && !line.contains("Overview"))
    }
}
