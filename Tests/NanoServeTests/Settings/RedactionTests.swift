import Foundation
import NanoCore
import Testing

@testable import NanoServe

/// What is kept out of everything that is shown, in whatever spelling an answer repeats it.
@Suite struct RedactionTests {
    private static let secret = "p@ss/w\"rd <ü🔑>"

    private func redacted(_ text: String, hiding secret: String = secret) -> String {
        Redaction([Secret(Array(secret.utf8))]).apply(to: text)
    }

    @Test(arguments: [
        secret,
        "P@SS/W\"RD <ü🔑>",
        "p%40ss%2Fw%22rd%20%3C%C3%BC%F0%9F%94%91%3E",
        "p%40ss%2fw%22rd+%3c%c3%bc%f0%9f%94%91%3e",
        "p@ss/w\\\"rd <ü🔑>",
        "p@ss\\/w\\\"rd \\u003cü🔑\\u003E",
        "p@ss\\u002fw\\u0022rd \\u003c\\u00fc\\ud83d\\udd11>",
        "p\\x40ss/w\\x22rd <ü🔑>",
        "p@ss/w&quot;rd &lt;ü🔑&gt;",
        "p&commat;ss&sol;w&#34;rd&#x20;&#60;&#xFC;&#x1F511;&gt;",
        // Over one another.
        "p%2540ss%252Fw%2522rd%2520%253C%25C3%25BC%25F0%259F%2594%2591%253E",
        "p@ss/w&amp;quot;rd &amp;lt;ü🔑&amp;gt;",
        "p@ss\\/w\\\\\\\"rd <ü🔑>",
        "p%40ss\\/w\\u0026quot;rd <ü🔑>",
        "704073732F77227264203cc3bcf09f94913e",
        // As C, JavaScript, Python, shells and pages of HTML write it.
        "p\\100ss\\57w\\042rd \\74\\303\\274\\360\\237\\224\\221\\76",
        "p\\u{40}ss/w\\u{22}rd <\\u{fc}\\u{1F511}>",
        "p\\x{40}ss/w\\U00000022rd <\\U000000fc\\U0001f511>",
        "p\\@ss\\/w\\\"rd\\ \\<ü🔑\\>",
        "p&#000000000064;ss/w&#x00000000000022;rd <ü🔑>",
    ])
    func `a secret is found in each spelling`(spelling: String) {
        #expect(redacted("{\"said\":\"\(spelling)\"}") == "{\"said\":\"(secret)\"}")
    }

    @Test(arguments: 0...6) func `a secret is found in base64 amid other bytes`(before: Int) {
        for after in 0...3 {
            let whole =
                String(repeating: "x", count: before) + Self.secret
                + String(repeating: "y", count: after)
            for encoded in [
                Data(whole.utf8).base64EncodedString(),
                Data(whole.utf8).base64EncodedString().replacing("+", with: "-")
                    .replacing("/", with: "_"),
            ] {
                for text in [encoded, encoded.replacing("/", with: "\\/")] {
                    let shown = redacted("<\(text)>")
                    #expect(shown.contains("(secret)"))
                    #expect(shown.utf8.count <= 10 + 4 + (before + after) * 4 / 3 + 6, "\(shown)")
                }
            }
        }
    }

    @Test(arguments: [
        secret, "p@ss\\/w\\\"rd <ü🔑>", "p@ss/w\\\"rd <\\u00fc\\ud83d\\udd11>",
        "p%40ss%2Fw%22rd%20%3C%C3%BC%F0%9F%94%91%3E", "p%40ss%2fw%22rd%20%3c%c3%bc%f0%9f%94%91%3e",
    ])
    func `a secret that is escaped and then encoded is found, also in lines`(spelling: String) {
        for before in 0...2 {
            let whole = String(repeating: "x", count: 60 + before) + spelling
            let encoded = Data(whole.utf8).base64EncodedString()
            let lines = stride(from: 0, to: encoded.count, by: 76).map {
                String(encoded.dropFirst($0).prefix(76))
            }
            for separator in ["", "\r\n", "\\n", " ", "%0A"] {
                let shown = redacted("<\(lines.joined(separator: separator))>")
                #expect(shown.contains("(secret)") && shown.utf8.count < 110, "\(shown)")
            }
        }
    }

    @Test func `names of HTML are read however long they are`() {
        #expect(redacted("a&DiacriticalGrave;bcdef", hiding: "a`bcdef") == "(secret)")
    }

    @Test(arguments: [
        "hunter2-hunt%", "hunter2-hunt%6", "hunter2-hunt\\u00", "hunter2-hunt\\6",
        "hunter2-hunt&#6",
        "hunter2\\u002dhunt\\x6",
    ])
    func `a spelling that the end cuts does not give the rest of a secret away`(text: String) {
        let redaction = Redaction([Secret(Array("hunter2-hunter2".utf8))])
        let shown = redaction.apply(to: "no " + text, isCut: true)
        #expect(shown.hasPrefix("no (secret)") && !shown.contains("hunt"), "\(shown)")
    }

    @Test func `a character that the end cuts does not give the rest of a secret away`() {
        let redaction = Redaction([Secret(Array("hunter2-🔑-hunter2".utf8))])
        for count in 11...16 {
            let shown = redaction.redacted("no hunter2-🔑-hunter2", atMost: count)
            #expect(shown == "no (secret)")
        }
    }

    @Test func `what is said beyond an answer's budget is not shown`() {
        let redaction = Redaction([Secret(Array("hunter2-hunter2".utf8))])
        var budget = Redaction.Budget(bytes: 100)
        let text = String(repeating: "x", count: 60)
        let shown = (0..<3).map { _ in redaction.redacted(text, within: &budget) }
        #expect(shown == [text, text, "(not shown)"])
    }

    @Test func `an answer full of escapes costs no more than its budget and one text`() {
        let redaction = Redaction([Secret(Array("hunter2-hunter2".utf8))])
        let reason = String(repeating: "%5C\\u0026 amp;", count: 200)
        var budget = Redaction.Budget()
        var read = 0
        while read < 100_000, redaction.redacted(reason, within: &budget) != "(not shown)" {
            read += 1
        }
        // Each text is read at most 80 times.
        #expect((1..<5_000).contains(read))
        #expect(budget.bytes > -80 * reason.utf8.count)
    }

    @Test func `nothing shows what is looked for`() {
        let redaction = Redaction([Secret(Array("hunter2-hunter2".utf8))])
        var dumped = ""
        dump(redaction, to: &dumped)
        #expect("\(redaction)\(String(reflecting: redaction))" == "(secret)(secret)")
        #expect(!dumped.contains("104"))
    }

    @Test func `what is no secret stays as it came`() {
        for text in ["100 % \\u &amp &#; &#99999999999; %4", "", "p%40ss", "\\ud83d\\u0041", "\\"] {
            #expect(redacted(text) == text)
        }
        #expect(Redaction([]).apply(to: "p%40ss") == "p%40ss")
    }

    @Test func `a secret that the end of an excerpt cuts is none of it`() {
        var access = HTTPAccess()
        let secret = (0..<1_000).map { "\($0)," }.joined()
        access.hide(secret)
        let shown = access.redaction.excerpt(
            of: (secret + "," + secret + "," + secret + "," + secret + "," + secret).utf8)
        #expect(shown == "(secret),(secret),(secret),(secret),(secret)")
    }

    @Test func `values of a query are secrets`() {
        var access = HTTPAccess()
        access.hide(
            queryOf: "/in?token=tok%2Fen-1&id=7&flag&sig=a+b%2Bc+d&short=k3y&hunter2-hunter2")
        #expect(
            access.redaction.redacted(
                "POST /in?token=tok%2Fen-1&id=7&flag&sig=a+b%2Bc+d&short=k3y&hunter2-hunter2")
                == "POST /in?token=(secret)&id=7&flag&sig=(secret)&(secret)&(secret)")
        #expect(
            access.redaction.redacted("tok/en-1, a b+c d, a+b+c+d, HUNTER2-hunter2")
                == "(secret), (secret), (secret), (secret)")
        #expect(access.redaction.redacted("id 7, flag") == "id 7, flag")
    }

    @Test func `harmless items of a query stay readable`() {
        var access = HTTPAccess()
        access.hide(queryOf: "/in?source=gateway&bucket=plant-seven&Format=pretty-json&k=gateway-1")
        let text = "the gateway found no bucket plant-seven for pretty-json"
        #expect(access.redaction.redacted(text) == text)
        #expect(access.redaction.redacted("no gateway-1") == "no (secret)")
    }

    @Test(arguments: [
        ("Cookie", "s=k3yk3yk3y; t=1"), ("Authorization", "Token token=\\\"k3yk3yk3y\\\""),
        ("X-Key", "id:k3yk3yk3y"), ("X-Key", "Signature a,k3yk3yk3y"),
    ])
    func `a part of a header's value is a secret`(name: String, value: String) throws {
        let settings = try load(
            "routes: {x: {endpoint: \"https://h/\", headers: {\(name): \"\(value)\"}}}")
        let access = try #require(settings.routes.destinations.last).access
        #expect(
            access.redaction.redacted("bad signature of k3yk3yk3y") == "bad signature of (secret)")
    }

    @Test func `a header's credential is a secret without its scheme, and decoded`() throws {
        let settings = try load(
            "routes: {x: {endpoint: \"https://h/\", headers: "
                + "{Authorization: \"Basic dXNlcjpodW50ZXIyLWh1bnRlcjI=\", X-Key: \"Key k3yk3yk3y\"}}}"
        )
        let access = try #require(settings.routes.destinations.last).access
        for text in [
            "Basic dXNlcjpodW50ZXIyLWh1bnRlcjI=", "dXNlcjpodW50ZXIyLWh1bnRlcjI=",
            "user:hunter2-hunter2", "hunter2-hunter2", "k3yk3yk3y", "hunter2%2Dhunter2",
        ] {
            let shown = access.redaction.redacted(text)
            #expect(shown.hasSuffix("(secret)") && !shown.contains("hunter"), "\(shown)")
        }
    }

    @Test func `a PostgreSQL that repeats a password in another spelling does not make it known`()
        throws
    {
        let address = try #require(PostgresAddress(url: "postgresql://u:p%2Fw%20rd@h/d"))
        #expect(address.described("no p%2Fw%20rd, no p/w rd") == "no (secret), no (secret)")
        let long = String(repeating: "p%2Fw rd ", count: 100_000)
        #expect(address.described(long).hasPrefix("(secret) (secret)"))
    }
}
