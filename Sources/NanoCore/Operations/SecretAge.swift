// How old a secret is, and when another has to take its place.
extension SecretSnapshot {
    /// Seconds for which it has been the current one; for others, since they were made.
    public func ageSeconds(at unixMilliseconds: Int64) -> Int64 {
        let since = currentSinceUnixMilliseconds ?? createdUnixMilliseconds
        return max(0, unixMilliseconds - since) / 1_000
    }

    /// Seconds until it has to be replaced, below 0 when that is overdue. Nil for secrets that are not
    /// the current one, and for models whose secrets may stay.
    public func dueInSeconds(at unixMilliseconds: Int64) -> Int64? {
        guard state == .current, let rotateAfterSeconds else { return nil }
        return rotateAfterSeconds - ageSeconds(at: unixMilliseconds)
    }

    /// Whether it should have been replaced.
    public func isOverdue(at unixMilliseconds: Int64) -> Bool {
        dueInSeconds(at: unixMilliseconds).map { $0 < 0 } ?? false
    }

    /// When it has to be replaced, in words: `in 12 d`, `7 d late`. Nil where nothing says so.
    package func dueWords(at unixMilliseconds: Int64) -> String? {
        dueInSeconds(at: unixMilliseconds).map { seconds in
            let time = PlainWords.time(seconds: Double(abs(seconds)))
            return seconds < 0 ? "\(time) late" : "in \(time)"
        }
    }
}
