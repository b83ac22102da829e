import Foundation
import NIOCore
import NanoCore
import Testing

/// What becomes of events by the answers that receivers give.
@Suite struct AnswerTests {
    @Test(arguments: [
        ("200", ScriptedAnswer.status(200, body: "{\"accepted\":1}")), ("201", .status(201)),
        (
            "202 in chunks",
            .raw("HTTP/1.1 202 A\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
        ),
        ("204", .raw("HTTP/1.1 204 No Content\r\n\r\n")),
        ("until the end", .raw("HTTP/1.0 200 OK\r\n\r\nfine", .closes)),
        (
            "a last one",
            .raw("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", .closes)
        ),
        (
            "100, then 200",
            .raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        ),
        (
            "103, then 200",
            .raw(
                "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                    + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            )
        ),
    ])
    func `a success in any form settles the event, and the next one goes too`(
        form: String, answer: ScriptedAnswer
    ) async throws {
        let alba = try await ScriptedReceiver.start { _, _ in answer }
        try await withGateway(alba: alba.url) { gateway in
            for number in 1...3 {
                try await gateway.send([DeviceFrames.pressure(number)])
                try await gateway.reaches("routes.alba.delivered", number)
            }
            #expect(try await gateway.number("routes.alba.retries") == 0)
        }
        #expect(alba.requests.count == 3)
        try await alba.stop()
    }

    @Test(arguments: [
        ("408", ScriptedAnswer.status(408)), ("425", .status(425)), ("429", .status(429)),
        ("500", .status(500)), ("502", .status(502)), ("504", .status(504)), ("599", .status(599)),
        ("301", .status(301, headers: [("Location", "/elsewhere")])), ("304", .status(304)),
        ("999", .status(999)),
        ("closed without a word", .hangUp),
        ("closed in the head", .raw("HTTP/1.1 20", .closes)),
        ("closed in the body", .raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", .closes)),
        (
            "closed in a chunk",
            .raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nab", .closes)
        ),
        ("only an interim answer", .raw("HTTP/1.1 100 Continue\r\n\r\n", .closes)),
        ("another protocol", .raw("SSH-2.0-OpenSSH_9.2\r\n", .closes)),
        ("another protocol that waits", .raw("220 mail.example ESMTP\r\n")),
        ("101", .raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")),
        ("zeros", .raw("\0\0\0\0\0\0\0\0")), ("no number", .raw("HTTP/1.1 two hundred\r\n\r\n")),
    ])
    func `a passing fault is tried again and counted, under the same name`(
        fault: String, answer: ScriptedAnswer
    ) async throws {
        let alba = try await ScriptedReceiver.answering(answer)
        try await withGateway(alba: alba.url) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.alba.delivered", 1)
            #expect(try await gateway.number("routes.alba.retries") == 1)
            #expect(try await gateway.number("models.0x10.route_failures") == 1)
            #expect(!gateway.log.lines(with: "delivery fails").isEmpty)
        }
        let requests = alba.requests
        #expect(requests.map(\.path) == ["/telemetry/ingest", "/telemetry/ingest"])
        #expect(Set(requests.map { $0[header: "Idempotency-Key"] }).count == 1)
        #expect(Set(requests.map(\.body)).count == 1)
        try await alba.stop()
    }

    @Test func `two answers of 503 and then 200 deliver once`() async throws {
        let alba = try await ScriptedReceiver.answering(.status(503), .status(503))
        try await withGateway(alba: alba.url) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.alba.delivered", 1)
            #expect(try await gateway.number("routes.alba.retries") == 2)
            #expect(try await gateway.text("routes.alba.state") == "flowing")
            #expect(try await gateway.text("routes.alba.state") == "flowing")
            #expect(try await gateway.text("routes.alba.last_error").contains("503"))
        }
        #expect(alba.requests.count == 3)
        try await alba.stop()
    }

    @Test func `a wait that the receiver asks for is kept, in seconds and as a date`()
        async throws
    {
        let date = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.up) + 1)
        let dated = ContinuousClock.now + .seconds(date.timeIntervalSinceNow)
        let alba = try await ScriptedReceiver.answering(
            .status(429, headers: [("Retry-After", "1")]),
            .status(503, headers: [("Retry-After", "1")]),
            .status(503, headers: [("Retry-After", Self.httpDate(date))]))
        try await withGateway(alba: alba.url) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...3))
            try await gateway.reaches("routes.alba.delivered", 3)
        }
        let first = alba.requests.prefix(3)
        let second = first.map { request in
            alba.requests.last { $0.body == request.body }?.at ?? request.at
        }
        try #require(alba.requests.count == 6)
        #expect(second[0] - first[0].at >= .seconds(1))
        #expect(second[1] - first[1].at >= .seconds(1))
        #expect(second[2] >= dated - .milliseconds(5))
        try await alba.stop()
    }

    /// A date as `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func httpDate(_ date: Date) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.string(from: date)
    }

    @Test(arguments: [400, 401, 404, 413, 422])
    func `an event that is refused for good is set aside with the answer, the next ones go`(
        status: Int
    ) async throws {
        let alba = try await ScriptedReceiver.answering(
            .status(status, body: "no such \u{1B}[31mlab"))
        try await withGateway(alba: alba.url, routes: ["concurrency: 1"]) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...4))
            try await gateway.reaches("routes.alba.delivered", 3)
            try await gateway.reaches("routes.alba.dead_letters", 1)
            #expect(try await gateway.number("routes.alba.retries") == 0)
            let line = try #require(gateway.log.lines(with: "refuses packets for good").first)
            #expect(line.contains("route=alba") && line.contains("answer=\(status)"))
            #expect(line.contains("no such ") && line.contains("lab"))
            #expect(!line.contains("\u{1B}"), "hostile text is escaped")
            let letters = gateway.gateway.snapshot([]).routes[0].newestDeadLetters
            let letter = try #require(letters.first)
            #expect(letter.model == .esp32Pressure && letter.error.hasPrefix("\(status) "))
            #expect(letter.reason == "no such \\u{1B}[31mlab")
        }
        #expect(alba.requests.count == 4)
        try await alba.stop()
    }

    @Test(arguments: [200, 207])
    func `of a batch each rejected event is treated by its own status`(status: Int) async throws {
        let frames = DeviceFrames.pressures(1...4)
        let ids = frames.map(DeviceFrames.identity)
        let answer = """
            {"accepted":2,"rejected":[{"id":"\(ids[1])","status":400,"reason":"no lab"},
            {"id":"\(ids[2])","status":503,"reason":"busy"},
            {"id":"10-00000000-unknown","status":400}]}
            """
        let alba = try await ScriptedReceiver.answering(.status(status, body: answer))
        try await withGateway(
            alba: alba.url, routes: ["linger_ms: 200"], environment: ["ALBA_BATCH_EVENTS": "4"]
        ) { gateway in
            try await gateway.send(frames)
            try await gateway.reaches("routes.alba.delivered", 3)
            #expect(try await gateway.number("routes.alba.dead_letters") == 1)
            #expect(try await gateway.number("routes.alba.retries") == 1)
            #expect(!gateway.log.lines(with: "no lab").isEmpty)
            let letters = gateway.gateway.snapshot([]).routes[0].newestDeadLetters
            #expect(letters.map(\.id) == [ids[1]])
            #expect(letters.map(\.error) == ["400"] && letters.map(\.reason) == ["no lab"])
        }
        let requests = alba.requests
        try #require(requests.count == 2)
        #expect(ids.allSatisfy(requests[0].body.contains))
        #expect(ids.map(requests[1].body.contains) == [false, false, true, false])
        #expect(requests[1][header: "Idempotency-Key"] != requests[0][header: "Idempotency-Key"])
        try await alba.stop()
    }

    @Test(arguments: [400, 413, 422])
    func `an event that its receiver cannot stand costs only itself, not its batch`(
        status: Int
    ) async throws {
        let alba = try await ScriptedReceiver.start { request, _ in
            [7, 8, 61].contains { request.body.contains("\"pressure_pa\":\($0)}") }
                ? .status(status, body: "bad reading") : .status(200)
        }
        try await withGateway(
            alba: alba.url, routes: ["linger_ms: 300", "concurrency: 2"],
            environment: ["ALBA_BATCH_EVENTS": "64"]
        ) { gateway in
            let frames = DeviceFrames.pressures(0..<64)
            try await gateway.send(frames)
            try await gateway.reaches("routes.alba.delivered", 61)
            try await gateway.reaches("routes.alba.dead_letters", 3)
            #expect(try await gateway.number("routes.alba.retries") == 0)
            let letters = gateway.gateway.snapshot([]).routes[0].newestDeadLetters
            let poison = [7, 8, 61].map { DeviceFrames.identity(frames[$0]) }
            #expect(Set(letters.map(\.id)) == Set(poison))
        }
        #expect(alba.requests.count <= 1 + 3 * 2 * 6)
        try await alba.stop()
    }

    @Test(arguments: [401, 404, 405, 415])
    func `an answer that no single event can be the reason of condemns the batch at once`(
        status: Int
    ) async throws {
        let alba = try await ScriptedReceiver.answering(.status(status))
        try await withGateway(
            alba: alba.url, routes: ["linger_ms: 300"], environment: ["ALBA_BATCH_EVENTS": "4"]
        ) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...4))
            try await gateway.reaches("routes.alba.dead_letters", 4)
        }
        #expect(alba.requests.count == 1)
        try await alba.stop()
    }

    @Test(arguments: [
        "{\"accepted\":1,\"rejected\":[{\"status\":503}]}",
        "{\"accepted\":1,\"rejected\":[{\"id\":\"ID\"}]}",
        "{\"accepted\":1,\"rejected\":[{\"id\":\"ID\",\"status\":\"503\"}]}",
        "{\"accepted\":0,\"rejected\":[]}", "{\"accepted\":1,\"rej",
        "{\"pad\":\"" + String(repeating: "x", count: 1 << 20)
            + "\",\"rejected\":[{\"id\":\"ID\",\"status\":503}]}",
    ])
    func `an event that an answer leaves in doubt is tried again, and says so`(
        answer: String
    ) async throws {
        let frames = DeviceFrames.pressures(1...2)
        let body = answer.replacing("ID", with: DeviceFrames.identity(frames[0]))
        let alba = try await ScriptedReceiver.start { _, number in
            number < 4 ? .status(207, body: body) : .status(200)
        }
        try await withGateway(
            alba: alba.url, routes: ["linger_ms: 200"], environment: ["ALBA_BATCH_EVENTS": "2"]
        ) { gateway in
            try await gateway.send(frames)
            let isNamed = try await eventually {
                try await gateway.text("routes.alba.last_error").contains("what became of")
            }
            #expect(isNamed)
            try await gateway.reaches("routes.alba.delivered", 2)
            #expect(try await gateway.number("routes.alba.dead_letters") == 0)
            #expect(try await gateway.number("routes.alba.retries") >= 1)
        }
        try await alba.stop()
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffff\r\n",
        "HTTP/1.1 200 OK\r\nX-Endless: ",
    ])
    func `an answer without end is cut off, and the event arrives all the same`(
        beginning: String
    ) async throws {
        let alba = try await ScriptedReceiver.answering(.raw(beginning, .pours))
        try await withGateway(alba: alba.url, routes: ["timeout_ms: 1000"]) { gateway in
            try await gateway.send([DeviceFrames.pressure(1)])
            try await gateway.reaches("routes.alba.delivered", 1)
        }
        // What the sockets of both sides hold comes on top of what the gateway reads.
        #expect(alba.bytesPoured < 32 << 20)
        try await alba.stop()
    }
}
