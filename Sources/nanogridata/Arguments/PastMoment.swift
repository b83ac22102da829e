import Foundation

/// A moment of the past as an argument: so long ago, or a time of RFC 3339.
enum PastMoment: Equatable {
    case ago(seconds: Int64)
    case at(unixMilliseconds: Int64)

    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    /// A hundred years, in seconds.
    private static let longest: Int64 = 100 * 366 * 86_400

    /// - Throws: ``Limited/Fault`` that says what is allowed.
    init(argument: String) throws {
        if let unit = argument.last.flatMap({ Self.units[$0] }),
            let count = Int64(argument.dropLast()), (0...Self.longest / unit).contains(count)
        {
            self = .ago(seconds: count * unit)
            return
        }
        let forms = [
            Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true),
        ]
        let date = forms.lazy.compactMap { try? $0.parse(argument) }.first
        guard let date, abs(date.timeIntervalSince1970) < 1e11 else {
            throw Limited.Fault(
                description: "use 30s, 90m, 24h or 7d, or a time like 2026-01-17T14:30:00Z")
        }
        self = .at(unixMilliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
    }

    func unixMilliseconds(now: Date) -> Int64 {
        switch self {
        case .ago(let seconds): Int64(now.timeIntervalSince1970 * 1_000) - seconds * 1_000
        case .at(let unixMilliseconds): unixMilliseconds
        }
    }
}
