import NIOCore
import NIOHTTP1
import NanoCore

@testable import NanoServe

/// Reads the input as what a destination answers to a batch: the first two bytes say what its head
/// does, the rest is the body. What can't be read may never pass for a delivery.
enum AnswerCheck {
    static func run(_ input: [UInt8]) {
        guard input.count >= 2 else { return }
        let isCut = input[0] & 1 == 1
        let status = input[1] & 1 == 1 ? 207 : 200
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
        if input[0] & 2 == 2 { head.headers.add(name: "Content-Type", value: "application/json") }
        if input[0] & 4 == 4 { head.headers.add(name: "Content-Encoding", value: "gzip") }
        let body = ByteBuffer(bytes: input[2...])
        var reader = PartialAnswerReader()
        let answer = reader.read(HTTPAnswer(head: head, body: body, isCut: isCut), count: 2)
        if status == 207, answer == nil, !saysAllWereTaken(input[2...]) {
            fatalError("an answer about single events became one about all of them")
        }
        for rejection in answer?.rejected ?? [] {
            guard rejection.status.map((100...599).contains) ?? true else {
                fatalError("status \(rejection.status ?? 0)")
            }
        }
        let text = String(decoding: input[2...].prefix(64), as: UTF8.self)
        if let pause = RetryAfter.milliseconds(text, now: 1_767_225_600_000), pause < 0 {
            fatalError("a pause of \(pause) ms")
        }
    }

    /// The one answer about single events that speaks of all of them at once.
    private static func saysAllWereTaken(_ body: ArraySlice<UInt8>) -> Bool {
        let isMarked = body.starts(with: [0xEF, 0xBB, 0xBF])
        return (isMarked ? body.dropFirst(3) : body)
            .starts(with: "{\"accepted\":2,\"rejected\":[]}".utf8)
    }
}
