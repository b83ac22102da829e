import Foundation
import NIOCore
import NIOHTTP1
import NanoCore
import Testing

@testable import NanoServe

@Suite struct PartialAnswerReaderTests {
    private func read(
        _ body: String, status: Int = 200, isCut: Bool = false, headers: HTTPHeaders = [:]
    ) -> PartialAnswer? {
        read(Array(body.utf8), status: status, isCut: isCut, headers: headers)
    }

    private func read(
        _ body: [UInt8], status: Int = 200, isCut: Bool = false, headers: HTTPHeaders = [:]
    ) -> PartialAnswer? {
        var reader = PartialAnswerReader()
        return reader.read(
            answer(body, status: status, isCut: isCut, headers: headers), count: 3)
    }

    private func answer(
        _ body: [UInt8], status: Int = 200, isCut: Bool = false, headers: HTTPHeaders = [:]
    ) -> HTTPAnswer {
        let head = HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: status), headers: headers)
        return HTTPAnswer(head: head, body: ByteBuffer(bytes: body), isCut: isCut)
    }

    @Test
    func `what was read before changes nothing of what is read`() {
        let bodies = [
            "", "ok", "{\"status\":\"ok\"}", "{\"accepted\":3,\"rejected\":[]}",
            "{\"accepted\":2,\"rejected\":[]}", "{\"accepted\":true}", "{broken",
            "{\"\\u0061ccepted\":3}", "{\"\\u0073tatus\":3}",
        ].map { Array($0.utf8) }
        let types: [HTTPHeaders] = [
            [:], ["Content-Type": "application/json"], ["Content-Encoding": "gzip"],
            ["Content-Type": "text/plain"],
        ]
        var answers: [HTTPAnswer] = []
        for body in bodies {
            for headers in types {
                for status in [200, 207, 500] {
                    answers.append(answer(body, status: status, headers: headers))
                }
                answers.append(answer(body, isCut: true, headers: headers))
            }
        }
        for first in answers {
            var reader = PartialAnswerReader()
            _ = reader.read(first, count: 3)
            let experienced = reader
            for second in answers {
                var (reader, fresh) = (experienced, PartialAnswerReader())
                for count in 2...3 {
                    #expect(reader.read(second, count: count) == fresh.read(second, count: count))
                }
            }
        }
    }

    @Test(arguments: [
        "", "ok", "<html>", "[]", "7", "{}", "{\"status\":\"ok\"}", "{\"accepted\":true}",
        "{\"accepted\":3,\"rejected\":[]}", "{\"accepted\":3,\"rejected\":[]}\r\n", "{broken",
        "{\"rejected\":null}", "\r\n", "[7, {", "\u{FEFF}{}", "\u{0}\u{FE} junk",
    ])
    func `a body without rejections speaks of the whole batch`(body: String) {
        #expect(read(body) == nil)
        #expect(read(body, status: 202) == nil)
    }

    @Test func `accepted and rejected are read in any form of JSON`() {
        let body = """
            { "rejected": [ {"id":"a","status":422,"reason":"no lab","more":[1]}, {"id":"b","status":5e2} ],
              "accepted": 1 }
            """
        #expect(
            read(body)
                == PartialAnswer(
                    accepted: 1,
                    rejected: [
                        .init(id: "a", status: 422, reason: "no lab"), .init(id: "b", status: 500),
                    ]))
        #expect(read("{\"accepted\":2}") == PartialAnswer(accepted: 2, rejected: []))
    }

    @Test(arguments: [
        "{\"status\":503}", "{\"id\":7,\"status\":503}", "{\"id\":null,\"status\":503}", "503",
        "null",
    ])
    func `an item without an id leaves all others in doubt`(item: String) throws {
        let answer = try #require(
            read("{\"rejected\":[{\"id\":\"a\",\"status\":400},\(item)]}", status: 207))
        #expect(answer.hasUnreadableParts)
        #expect(answer.rejected == [.init(id: "a", status: 400)])
    }

    @Test(arguments: ["\"503\"", "null", "true", "503.5", "0", "600", "-400", "[503]", "1e300"])
    func `a status that is none leaves its event in doubt alone`(status: String) throws {
        let answer = try #require(
            read("{\"rejected\":[{\"id\":\"a\",\"status\":\(status)},{\"id\":\"b\"}]}"))
        #expect(answer.rejected.map(\.status) == [nil, nil])
        #expect(!answer.hasUnreadableParts)
    }

    @Test(arguments: [
        ("{\"rejected\":[{\"id\":\"a\"", 200, false), ("{\"rejected\":7}", 200, false),
        ("{\"rejected\":{\"id\":\"a\"}}", 200, false), ("{\"accepted\":3", 200, true),
        ("{\"accepted\":3,\"rejected\":[]}", 200, true), ("", 207, false), ("ok", 207, false),
        ("{}", 207, false), ("", 207, true),
    ])
    func `what ought to name events and does not is unreadable`(
        body: String, status: Int, isCut: Bool
    ) {
        #expect(read(body, status: status, isCut: isCut) == .unreadable)
    }

    @Test func `a cut body of another kind speaks of the whole batch`() {
        #expect(read("<html>", isCut: true) == nil)
    }

    @Test(arguments: ["\"0\"", "\"3\"", "0.5", "false", "null", "1e23", "[]", "{}"])
    func `a number of accepted events that is none leaves all in doubt`(accepted: String) throws {
        for status in [200, 207] {
            #expect(read("{\"accepted\":\(accepted)}", status: status) == .unreadable)
            let body = "{\"accepted\":\(accepted),\"rejected\":[]}"
            #expect(try #require(read(body, status: status)).hasUnreadableParts)
        }
        let rejection = "[{\"id\":\"a\",\"status\":422}]"
        let named = try #require(read("{\"accepted\":\(accepted),\"rejected\":\(rejection)}"))
        #expect(named.hasUnreadableParts && named.rejected == [.init(id: "a", status: 422)])
        #expect(read("{\"accepted\":0,\"x\":\(accepted)") == .unreadable)
    }

    @Test(arguments: ["{}", "\"\"", "\"all\"", "false", "0"])
    func `rejections that are no list leave all in doubt`(rejected: String) {
        #expect(read("{\"rejected\":\(rejected)}") == .unreadable)
        #expect(read("{\"accepted\":3,\"rejected\":\(rejected)}") == .unreadable)
    }

    @Test func `a body in a coding is unreadable, and none is none in any coding`() {
        let all = "{\"accepted\":3,\"rejected\":[]}"
        for coding in ["gzip", "br", "GZip, identity", "identity, zstd"] {
            #expect(read(all, headers: ["Content-Encoding": coding]) == .unreadable)
            #expect(read("", headers: ["Content-Encoding": coding]) == nil)
            #expect(read(all, status: 202, headers: ["Content-Encoding": coding]) == nil)
        }
        #expect(read(all, headers: ["Content-Encoding": "Identity"]) == nil)
    }

    @Test(arguments: [
        String.Encoding.utf16, .utf16BigEndian, .utf16LittleEndian, .utf32LittleEndian,
    ])
    func `JSON that is not UTF-8 is unreadable`(encoding: String.Encoding) throws {
        for body in ["{\"accepted\":0,\"rejected\":[]}", " [{\"rejected\":[]}]", "{}"] {
            #expect(read(Array(try #require(body.data(using: encoding)))) == .unreadable)
        }
        let words = try #require("stored".data(using: encoding))
        #expect(read(Array(words)) == nil)
        #expect(read(Array(words), headers: ["Content-Type": "application/json"]) == .unreadable)
    }

    @Test func `a byte order mark of UTF-8 is stepped over`() {
        #expect(read("\u{FEFF}{\"accepted\":3,\"rejected\":[]}") == nil)
        #expect(
            read("\u{FEFF}{\"accepted\":2,\"rejected\":[{\"id\":\"a\",\"status\":400}]}")
                == PartialAnswer(accepted: 2, rejected: [.init(id: "a", status: 400)]))
    }

    @Test(arguments: [
        "application/json", "Application/JSON; charset=utf-8", "application/problem+json",
        "text/json ; x=y",
    ])
    func `what calls itself JSON and is none is unreadable`(type: String) {
        let headers: HTTPHeaders = ["Content-Type": type]
        for body in ["{broken", "ok", "<html>", "{\"status\":\"ok\"} more"] {
            #expect(read(body, headers: headers) == .unreadable)
            #expect(read(body, status: 202, headers: headers) == nil)
            #expect(read(body, headers: ["Content-Type": "text/plain"]) == nil)
        }
        for body in ["", "\n", "{}", "[]", "7", "\"ok\"", "null", "{\"status\":\"ok\"}"] {
            #expect(read(body, headers: headers) == nil)
        }
        #expect(read("[1,", isCut: true, headers: headers) == .unreadable)
    }
}
