/// What is wrong with a filter, and where.
package struct FilterFault: Error, Equatable, Sendable {
    /// In UTF-8 bytes from the filter's start.
    package let range: Range<Int>
    /// Without the place; safe to be shown.
    package let words: String

    /// With the place, for where nothing is marked: `at byte 6: …`.
    package var sentence: String { "at byte \(range.lowerBound): \(words)" }
}
