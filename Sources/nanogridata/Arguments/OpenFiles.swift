import NanoServe

extension OpenFiles {
    /// Makes sure of open files for as many devices as an option asks for.
    ///
    /// - Parameter option: For the message.
    /// - Throws: ``CommandFailure`` with exit code 2 when the system allows fewer.
    static func allow(_ count: Int, for option: String) throws {
        let limit = raiseLimit(to: count)
        guard limit.soft >= count else {
            throw CommandFailure.misuse([
                "\(option): needs \(count) open files, the limit is \(limit.hard) (ulimit -Hn)"
            ])
        }
    }
}
