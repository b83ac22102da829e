import Testing

@testable import NanoServe

/// Keys that stand twice in a configuration file.
@Suite struct RepeatedKeysTests {
    private func lines(_ text: String) -> [String] {
        do {
            _ = try SettingsFile(path: "a.yaml", text: text)
            return []
        } catch {
            return error.lines
        }
    }

    @Test func `each of them is named, with both of its lines`() {
        let text = """
            name: a
            devices:
              port: 1
              tls:
                port: same
              port: 2
            name: b
            routes:
            - x
            routes:
            - y
            log: {level: info}
            """
        #expect(
            Set(lines(text)) == [
                "a.yaml:1: the key name is there twice, again in line 7; keep one",
                "a.yaml:3: the key port is there twice, again in line 6; keep one",
                "a.yaml:8: the key routes is there twice, again in line 10; keep one",
            ])
    }

    @Test func `what a key's leaving out may have broken is not called wrong`() {
        #expect(
            lines("name: \"a\nname: b\"\nname: c\nb: 1\n").allSatisfy {
                $0.contains("the key name is there twice")
            })
        #expect(lines("a: 1\nb: 2\n").isEmpty)
    }

    @Test func `those that share a line are named together`() {
        #expect(
            lines("x: {a: 1, b: 1, a: 2, b: 2}") == [
                "a.yaml:1: the keys a and b are there twice; keep one of each"
            ])
    }

    @Test func `so many are named, and no more`() {
        let text = (0..<30).map { "k\($0): 1\nk\($0): 2\n" }.joined()
        #expect(lines(text).count == 20)
    }
}
