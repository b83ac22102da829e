import Foundation
import NanoSim

/// One request as a receiver understands it.
struct SinkRequest {
    struct Event {
        /// The event's identity, in a batch.
        var id: String
        var device: String
        /// Its number is its pressure.
        var number: Int
    }

    /// Whether it may have several events.
    var isArray: Bool
    var events: [Event]

    /// Takes one whole request out of what was received; nil while it is not whole.
    init?(readingFrom received: inout [UInt8]) {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: received[..<end.lowerBound], as: UTF8.self).lowercased()
        let field = head.firstRange(of: "content-length: ")
        let length = field.flatMap { Int(head[$0.upperBound...].prefix { $0.isNumber }) } ?? 0
        let last = end.upperBound + length
        guard received.count >= last else { return nil }
        let body = try? JSONSerialization.jsonObject(with: Data(received[end.upperBound..<last]))
        received.removeFirst(last)
        let array = body as? [[String: Any]]
        isArray = array != nil
        events = (array ?? [body as? [String: Any] ?? [:]]).compactMap { event in
            guard let payload = event["payload"] as? [String: Any],
                let number = payload["pressure_pa"] as? Int,
                let device = payload["device_id"] as? String
            else { return nil }
            return Event(id: event["id"] as? String ?? "", device: device, number: number)
        }
    }
}

/// Decides what becomes of a request's events, and answers.
struct SinkJudge {
    struct Answer {
        var text: String
        var delayMilliseconds = 0
        /// Whether the connection ends behind it.
        var isLast = false
    }

    let script: SinkScript
    var chance: SplitMix64
    private(set) var taken: [Int] = []
    private(set) var condemned: [Int] = []

    init(script: SinkScript, chance: SplitMix64) {
        self.script = script
        self.chance = chance
    }

    mutating func answer(to request: SinkRequest, _ conduct: SinkConduct) -> Answer {
        switch conduct {
        case .takes, .resets: return take(request)
        case .takesSlowly(let milliseconds):
            var answer = take(request)
            answer.delayMilliseconds = milliseconds
            return answer
        case .takesPart: return request.isArray ? takePart(request, refusing: 30) : take(request)
        case .refuses(let status): return Answer(text: Self.whole(status))
        case .condemns where request.events.count > 1:
            return Answer(text: Self.whole("400 Bad Request"))
        case .condemns: return take(request)
        case .breaksOff: return Answer(text: "HTTP/1.1 200 OK\r\n", isLast: true)
        case .answersHalf:
            return Answer(
                text: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"accepted\"", isLast: true)
        // Nothing more is read or written until the other end has had enough.
        case .hangs: return Answer(text: "", delayMilliseconds: 2_500, isLast: true)
        }
    }

    private mutating func take(_ request: SinkRequest) -> Answer {
        let poison = request.events.map(\.number).filter(script.condemns(event:))
        guard !poison.isEmpty else {
            taken = request.events.map(\.number)
            return Answer(text: Self.whole("200 OK"))
        }
        if request.isArray, Bool.random(using: &chance) { return takePart(request, refusing: 0) }
        // Only of one that is alone it is said for certain.
        if request.events.count == 1 { condemned = poison }
        return Answer(text: Self.whole("400 Bad Request"))
    }

    /// Takes some, refuses some for now, and condemns what can never be taken.
    private mutating func takePart(_ request: SinkRequest, refusing percent: Int) -> Answer {
        var rejections: [String] = []
        // What follows of a device is refused too, so that its order is kept.
        var refused: Set<String> = []
        for event in request.events {
            let isRefused = Int.random(in: 0..<100, using: &chance) < percent
            if script.condemns(event: event.number) {
                condemned.append(event.number)
                rejections.append(Self.rejection(event, status: 400))
            } else if isRefused || refused.contains(event.device) {
                refused.insert(event.device)
                rejections.append(Self.rejection(event, status: 503))
            } else {
                taken.append(event.number)
            }
        }
        let body =
            "{\"accepted\":\(taken.count),\"rejected\":[\(rejections.joined(separator: ","))]}"
        return Answer(text: Self.whole("200 OK", body: body))
    }

    private static func rejection(_ event: SinkRequest.Event, status: Int) -> String {
        "{\"id\":\"\(event.id)\",\"status\":\(status),\"reason\":\"script\"}"
    }

    private static func whole(_ status: String, body: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
