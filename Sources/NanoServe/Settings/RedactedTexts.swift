import Foundation
import NanoCore

/// Texts of destinations, cut to what is shown of them.
extension Redaction {
    private static let excerptBytes = 1_024
    /// Where secrets are looked for in front of an excerpt's end, so that none is cut in two.
    static let searchedBytes = 16_384
    /// The same of what is said about single events, of which there are many.
    static let searchedBytesOfReason = 2_048

    /// The beginning of a text, without anything that is secret here.
    func redacted(_ text: String, atMost count: Int = Redaction.searchedBytes) -> String {
        var budget = Budget()
        return redacted(text, atMost: count, within: &budget)
    }

    /// The beginning of a text, as long as the budget lasts.
    func redacted(
        _ text: String, atMost count: Int = Redaction.searchedBytes, within budget: inout Budget
    ) -> String {
        guard text.utf8.count >= count else { return apply(to: text, within: &budget) }
        return apply(
            to: Self.beginning(of: text.utf8, count), isCut: true, within: &budget)
    }

    /// The beginning of what a destination says, fit to be shown.
    func excerpt(of bytes: some Collection<UInt8>) -> String {
        var budget = Budget()
        return excerpt(of: bytes, within: &budget)
    }

    /// The beginning of what a destination says, as long as the budget lasts.
    func excerpt(of bytes: some Collection<UInt8>, within budget: inout Budget) -> String {
        let isCut = bytes.count >= Self.searchedBytes
        let beginning = Self.beginning(of: bytes, Self.searchedBytes)
        let excerpt = apply(to: beginning, isCut: isCut, within: &budget).utf8
            .prefix(Self.excerptBytes)
        return SafeText.escaped(
            String(decoding: excerpt, as: UTF8.self).trimmingCharacters(in: .newlines))
    }

    /// So many bytes, without a part of a character at their end: it is no part of a secret any more
    /// once it is repaired.
    private static func beginning(of bytes: some Collection<UInt8>, _ count: Int) -> String {
        var beginning = Array(bytes.prefix(count))
        var next = bytes.dropFirst(count).first
        for _ in 0..<3 {
            guard let byte = next, byte & 0xC0 == 0x80 else { break }
            next = beginning.popLast()
        }
        return String(decoding: beginning, as: UTF8.self)
    }
}
