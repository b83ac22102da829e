import NanoSim

/// What a receiver does with one request.
enum SinkConduct: Equatable {
    case takes
    /// Takes the events, and answers only then; perhaps when nobody waits for it any more.
    case takesSlowly(milliseconds: Int)
    /// Says of each event of a batch what has become of it.
    case takesPart
    /// Refuses the request for now.
    case refuses(status: String)
    /// Condemns a batch as a whole, though nothing is wrong with most of it.
    case condemns
    /// Resets the connection before the request is read.
    case resets
    /// Ends the connection behind the status line.
    case breaksOff
    /// Ends the connection within the body that it has announced.
    case answersHalf
    /// Never answers.
    case hangs
}

/// What a receiver does, request by request, from a seed.
struct SinkScript: Sendable {
    let seed: UInt64
    /// In how many of a hundred requests something goes wrong.
    var faultPercent = 35

    /// The chances of one request.
    func chance(ofRequest number: Int) -> SplitMix64 {
        SplitMix64(seed: seed &* 1_000_003 &+ UInt64(number))
    }

    func conduct(using chance: inout SplitMix64) -> SinkConduct {
        guard Int.random(in: 0..<100, using: &chance) < faultPercent else { return .takes }
        switch Int.random(in: 0..<20, using: &chance) {
        case 0..<3: return .refuses(status: "500 Internal Server Error\r\nX-Why: script")
        case 3..<5: return .refuses(status: "503 Service Unavailable")
        case 5: return .refuses(status: "429 Too Many Requests\r\nRetry-After: 1")
        case 6..<8: return .resets
        case 8..<10: return .breaksOff
        case 10..<12: return .answersHalf
        case 12..<14: return .condemns
        case 14..<17: return .takesPart
        case 17: return .takesSlowly(milliseconds: 2_300)
        case 18: return .takesSlowly(milliseconds: Int.random(in: 20...1_500, using: &chance))
        default: return .hangs
        }
    }

    /// Whether an event can never be taken, so that it has to become a dead letter.
    func condemns(event number: Int) -> Bool {
        var chance = SplitMix64(seed: ~seed &+ UInt64(number))
        return chance.next() % 40 == 0
    }
}
