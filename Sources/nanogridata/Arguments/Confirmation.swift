import Foundation
import Glibc

/// What an operator at a terminal is asked before something is lost.
enum Confirmation {
    /// Whether the operator says yes.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2 when there is no terminal to ask at.
    static func isGiven(_ question: String) throws -> Bool {
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure.misuse(["\(question) Without a terminal, say it with --yes"])
        }
        print("\(question) [y/N] ", terminator: "")
        fflush(nil)
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}
