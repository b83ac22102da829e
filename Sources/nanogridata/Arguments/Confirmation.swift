import Foundation
import Glibc

/// What an operator at a terminal is asked before something is lost.
enum Confirmation {
    /// Whether the operator says yes.
    ///
    /// - Parameter word: What has to be typed for that; nil for a yes.
    /// - Throws: ``CommandFailure`` with exit code 2 when there is no terminal to ask at.
    static func isGiven(_ question: String, typed word: String? = nil) throws -> Bool {
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandFailure.misuse(["\(question) Without a terminal, say it with --yes"])
        }
        print(question, word.map { "Type \($0) to do so: " } ?? "[y/N] ", terminator: "")
        fflush(nil)
        if let word { return readLine() == word }
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}
