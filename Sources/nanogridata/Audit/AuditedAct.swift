import Foundation
import NanoCore
import NanoServe

/// What a command line does to a state folder, with an entry in the audit trail.
struct AuditedAct {
    let action: AuditAction
    let target: String
    let stateFolder: String

    /// Does it.
    ///
    /// - Returns: What was done, which the entry holds too: never a secret.
    /// - Throws: ``CommandFailure`` with exit code 1 when it fails, or the trail cannot be written;
    ///   without a trail nothing is done. With 2 when a file of the state folder cannot be used.
    func perform(_ act: () throws -> String) throws -> String {
        let result: CommandResult
        var isMisconfiguration = false
        do {
            result = try AuditLog(stateFolder: stateFolder).record(
                action, of: target,
                by: .current(.cli, environment: ProcessInfo.processInfo.environment),
                now: Moment(
                    unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000),
                    monotonicNanoseconds: 0)
            ) {
                do { return .done(try act()) } catch {
                    isMisconfiguration = (error as? KeystoreError)?.isMisconfiguration ?? false
                    return .failed("\(error)")
                }
            }
        } catch {
            let done = error.unwritten.map { "\($0.words); " } ?? "nothing was done: "
            throw CommandFailure.failed("\(done)the audit trail cannot be written: \(error)")
        }
        switch result {
        case .done(let sentence), .unchanged(let sentence): return sentence
        case .counted(let count): return "\(count)"
        case .failed(let sentence):
            throw isMisconfiguration
                ? CommandFailure.misuse([sentence]) : CommandFailure.failed(sentence)
        }
    }
}
