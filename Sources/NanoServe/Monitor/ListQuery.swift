import Foundation
import Hummingbird
import NanoCore

/// What a request wants of a list: `?limit=20&filter=model:esp32`.
struct ListQuery {
    /// Rows of an answer that asks for no number of them, and the most.
    static let defaultLimit = 100
    static let maximumLimit = 1_000

    private(set) var limit = Self.defaultLimit
    private(set) var filter: Filter

    /// - Parameter takesLimit: Whether the page has an end.
    init(
        _ request: Request, in scope: FilterScope, takesLimit: Bool = true
    ) throws(ListQueryFault) {
        filter = Filter("", in: scope)
        let allowed = takesLimit ? ["limit", "filter"] : ["filter"]
        var seen: Set<String> = []
        for part in (request.uri.query ?? "").split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(pair[0])
            guard allowed.contains(name) else {
                throw ListQueryFault(
                    parameter: SafeText.quotable(name, to: 40),
                    reason: "not known here; there are " + allowed.joined(separator: ", "))
            }
            guard seen.insert(name).inserted else {
                throw ListQueryFault(parameter: name, reason: "given twice; give it once")
            }
            guard let value = Self.decoded(pair.count > 1 ? pair[1] : "") else {
                throw ListQueryFault(
                    parameter: name, reason: "not percent-encoded UTF-8 (RFC 3986 §2.1)")
            }
            try take(value, for: name)
        }
    }

    private mutating func take(_ value: String, for name: String) throws(ListQueryFault) {
        if name == "filter" {
            filter = Filter(value, in: filter.scope)
            if let fault = filter.faults.first { throw ListQueryFault(fault) }
        } else {
            guard let number = Int(value), (1...Self.maximumLimit).contains(number) else {
                throw ListQueryFault(
                    parameter: name, reason: "takes a whole number, 1…\(Self.maximumLimit)")
            }
            limit = number
        }
    }

    /// A value as forms encode it (WHATWG URL, "application/x-www-form-urlencoded"): a plus is a
    /// space.
    private static func decoded(_ value: Substring) -> String? {
        value.replacing("+", with: " ").removingPercentEncoding
    }
}

/// Why a list cannot be given as it was asked for.
struct ListQueryFault: Error {
    let parameter: String
    let reason: String
    /// Of the fault in a filter, in UTF-8 bytes.
    var range: Range<Int>?

    init(parameter: String, reason: String) {
        self.parameter = parameter
        self.reason = reason
    }

    init(_ fault: FilterFault) {
        self.init(parameter: "filter", reason: fault.words)
        range = fault.range
    }

    var answer: Response {
        .json(.badRequest) { body in
            let place = range.map { ", at byte \($0.lowerBound)" } ?? ""
            body.set("error", "\(parameter)\(place): \(reason)")
            body.set("parameter", parameter)
            body.set("reason", reason)
            guard let range else { return }
            body.set("offset", range.lowerBound)
            body.set("length", range.count)
        }
    }
}
