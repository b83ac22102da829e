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
        let shown = access.excerpt(
            of: (secret + "," + secret + "," + secret + "," + secret + "," + secret).utf8)
        #expect(shown == "(secret),(secret),(secret),(secret),(secret)")
    }

    @Test func `values of a query are secrets`() {
        var access = HTTPAccess()
        access.hide(
            queryOf: "/in?token=tok%2Fen-1&id=7&flag&sig=a+b%2Bc+d&short=k3y&hunter2-hunter2")
        #expect(
            access.redacted(
                "POST /in?token=tok%2Fen-1&id=7&flag&sig=a+b%2Bc+d&short=k3y&hunter2-hunter2")
                == "POST /in?token=(secret)&id=7&flag&sig=(secret)&(secret)&(secret)")
        #expect(
            access.redacted("tok/en-1, a b+c d, a+b+c+d, HUNTER2-hunter2")
                == "(secret), (secret), (secret), (secret)")
        #expect(access.redacted("id 7, flag") == "id 7, flag")
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
            let shown = access.redacted(text)
            #expect(shown.hasSuffix("(secret)") && !shown.contains("hunter"), "\(shown)")
        }
    }

    @Test func `a PostgreSQL that repeats a password in another spelling does not make it known`()
        throws
    {
        let address = try #require(PostgresAddress(url: "postgresql://u:p%2Fw%20rd@h/d"))
        #expect(address.described("no p%2Fw%20rd, no p/w rd") == "no (secret), no (secret)")
    }
}
