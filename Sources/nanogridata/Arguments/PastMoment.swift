import Foundation
import NanoCore

extension PastMoment {
    /// - Throws: ``Limited/Fault`` that says what is allowed.
    init(argument: String) throws {
        guard let moment = PastMoment(argument) else {
            throw Limited.Fault(description: "use \(PastMoment.allowed(for: argument))")
        }
        self = moment
    }

    func unixMilliseconds(now: Date) -> Int64 {
        unixMilliseconds(now: Int64(now.timeIntervalSince1970 * 1_000))
    }
}
