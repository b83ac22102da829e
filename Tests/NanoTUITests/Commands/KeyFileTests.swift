import NanoCore
import Testing

@testable import NanoTUI

@Suite struct KeyFileTests {
    private func faults(_ text: String) -> [String] {
        do throws(KeyFileError) {
            _ = try KeyMap(text: text, file: "keys")
            return []
        } catch {
            return error.lines
        }
    }

    @Test func `keys are bound in all views, in one, and taken away`() throws {
        let map = try KeyMap(
            text: """
                # mine
                ctrl-x = quit
                z = pause

                [routes]
                p = skip
                x = none
                """, file: "keys")
        #expect(map.action(for: .control("x"), in: .log) == .quit)
        #expect(map.action(for: .character("q"), in: .log) == .quit)
        #expect(map.action(for: .character("z"), in: .routes) == .pause)
        #expect(map.action(for: .character("z"), in: .log) == nil)
        #expect(map.action(for: .character("p"), in: .routes) == .skip)
        #expect(map.action(for: .character("p"), in: .overview) == .pause)
        #expect(map.action(for: .character("x"), in: .routes) == nil)
        #expect(map.action(for: .character("x"), in: .deadLetters) == .drop)
    }

    @Test func `help and bottom line follow`() throws {
        var model = ConsoleModel.sample
        model.keyMap = try KeyMap(text: "z = help\n? = none\n[routes]\nv = pause", file: "keys")
        model.press(.character("5"))
        #expect(model.picture(80, 24).contains("z help"))
        model.press(.character("z"))
        let picture = model.picture(120, 60)
        #expect(picture.contains("v p") && picture.contains("pause or resume the route"))
    }

    @Test(arguments: [
        ("p = puase", "keys:1: no command is called puase; did you mean pause?"),
        ("\n\nhyper-x = quit", "keys:3: no key is called hyper-x; allowed are one character"),
        ("ctrl-m = quit", "keys:1: no key is called ctrl-m"),
        ("p pause", "keys:1: no such line; allowed are KEY = COMMAND and [VIEW]"),
        ("[rutes]", "keys:1: no view is called rutes; did you mean routes?"),
        ("[log]\np = pause", "keys:2: pause does not work in log"),
        ("p = pause\np = skip", "keys:2: p is bound in line 1 already"),
        ("q = none\nctrl-c = none\n: = none", "keys: in overview no key is left for quit"),
    ])
    func `what is wrong is told with file and line`(text: String, words: String) {
        #expect(faults(text).count == 1)
        #expect(faults(text).first?.hasPrefix(words) == true, "\(faults(text))")
    }

    @Test func `every mistake is told at once`() {
        #expect(faults("a = x\nb = y\nq = quit").count == 2)
    }

    @Test func `the map is printed in its own syntax, and read again is the same`() throws {
        let changed = try KeyMap(
            text: "ctrl-x = quit\n[routes]\np = skip\nx = none\nt = pause", file: "keys")
        for map in [KeyMap.standard, changed] {
            let again = try KeyMap(text: map.text, file: "printed")
            for view in ViewKind.allWithKeys {
                let keys = map.bindings(in: view).flatMap(\.keys)
                #expect(!keys.isEmpty)
                for key in keys + [.character("x"), .control("x"), .character("t")] {
                    #expect(again.action(for: key, in: view) == map.action(for: key, in: view))
                }
            }
        }
    }

    @Test func `a key's name leads back to it`() {
        for key in KeyMap.table.flatMap(\.keys) + [.delete, .left, .character("#")] {
            #expect(Key(fileName: key.fileName) == key)
        }
    }
}
