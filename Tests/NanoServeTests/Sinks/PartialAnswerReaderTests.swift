import NIOCore
import NanoCore
import Testing

@testable import NanoServe

@Suite struct PartialAnswerReaderTests {
    private func read(
        _ body: String, status: Int = 200, isCut: Bool = false
    ) -> PartialAnswer? {
        PartialAnswerReader.read(
            status: status, body: ByteBuffer(string: body), isCut: isCut, count: 3)
    }

    @Test(arguments: [
        "", "ok", "<html>", "[]", "7", "{}", "{\"status\":\"ok\"}", "{\"accepted\":true}",
        "{\"accepted\":3,\"rejected\":[]}", "{\"accepted\":3,\"rejected\":[]}\r\n", "{broken",
        "{\"rejected\":null}",
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
}
