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

    @Test func `those within braces are found, with their lines`() {
        #expect(
            lines("x: {a: 1, b: 1, a: 2,\n  b: 2}\nname: c\nname: d\n") == [
                "a.yaml:1: the key a is there twice in this line; keep one",
                "a.yaml:1: the key b is there twice, again in line 2; keep one",
                "a.yaml:3: the key name is there twice, again in line 4; keep one",
            ])
    }

    @Test func `a key that stands more often is told once, with all its lines`() {
        #expect(
            lines("a: 1\na: 2\nb: 1\n\"a\": 3\n") == [
                "a.yaml:1: the key a is there 3 times, again in lines 2 and 4; keep one"
            ])
        #expect(
            lines(String(repeating: "a: 1\n", count: 9)) == [
                "a.yaml:1: the key a is there 9 times, again in lines 2, 3, 4 and others; keep one"
            ])
    }

    @Test(arguments: [
        "name: \"a\n  name: b\n  name: c\"\n", "name: |\n  a: 1\n  a: 2\n",
        "name: >\n  name: b\n", "name: 'it''s\n  name: b'\n", "x: [{a: 1}, {a: 2}]\n",
        "x: {a: 1}\ny: {a: 1}\n", "# name: a\nname: b\n", "? [a, b]\n: 1\n",
    ])
    func `what is no key of the same mapping is taken for none`(text: String) {
        #expect(lines(text).allSatisfy { !$0.contains("is there") }, "\(lines(text))")
    }

    @Test func `so many keys are looked through in a moment`() {
        let text = (0..<60_000).map { "k\($0): 1\n" }.joined()
        let start = ContinuousClock.now
        let found = RepeatedKeys(path: "a.yaml", text: text + text).problems
        #expect(found.count == 20)
        #expect(found[0] == "a.yaml:1: the key k0 is there twice, again in line 60001; keep one")
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func `a model under two names is told as what it is`() throws {
        #expect(
            try problems("models: {0x10, 10}") == [
                "nanogridata.yaml:1: models.10 is the same model as models.0x10 in line 1; use one "
                    + "section a model"
            ])
    }

    @Test func `so many are named, and no more`() {
        let text = (0..<30).map { "k\($0): 1\nk\($0): 2\n" }.joined()
        #expect(lines(text).count == 20)
    }
}
