import CSpawn
import Foundation
import Glibc
import Synchronization

/// A program run by a test, with nothing of the test's but what it is given.
///
/// Foundation's `Process` is not used: on Linux it reads past the end of a list of descriptors while it
/// starts a program (mended in swift-corelibs-foundation after Swift 6.3, pull request 5472), and takes
/// down the whole test run once in a while.
public final class ChildProcess: Sendable {
    /// What kept a program from being started, or what a program said that failed.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) {
            self.description = description
        }
    }

    /// Its number in the system.
    public let identifier: Int32
    /// How it ended; nil as long as it runs.
    private let ending = Mutex<Int32?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: A path, or the name of one that is looked for where `PATH` says.
    ///   - environment: All of its environment; nil for the test's own.
    ///   - folder: Where it works; nil for where the test does.
    ///   - input: The file that it reads; `output` and `errors` are those that it writes.
    ///   - terminal: The terminal that it has in place of these files, in a session of its own.
    /// - Throws: ``Failure``.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil,
        folder: String? = nil, input: String = "/dev/null", output: String = "/dev/null",
        errors: String = "/dev/null", terminal: String? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let terminal {
            // The first terminal that the leader of a session opens becomes its own.
            for number in 0...2 as ClosedRange<Int32> {
                posix_spawn_file_actions_addopen(&actions, number, terminal, O_RDWR, 0)
            }
        } else {
            let writing = O_CREAT | O_WRONLY | O_APPEND
            posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
            posix_spawn_file_actions_addopen(&actions, 1, output, writing, 0o600)
            posix_spawn_file_actions_addopen(&actions, 2, errors, writing, 0o600)
        }
        nanogridata_close_from(&actions, 3)
        if let folder { nanogridata_work_in(&actions, folder) }
        var attributes = Self.attributes(
            group: terminal == nil ? Int32(POSIX_SPAWN_SETPGROUP) : nanogridata_new_session)
        defer { posix_spawnattr_destroy(&attributes) }
        let own = ProcessInfo.processInfo.environment
        let all = environment.map { $0.merging(Self.sanitizing(own)) { given, _ in given } } ?? own
        let (words, variables) = (
            Self.words([program] + arguments), Self.words(all.map { "\($0)=\($1)" })
        )
        defer { for word in words + variables { free(word) } }
        var number: pid_t = 0
        let fault = posix_spawnp(&number, program, &actions, &attributes, words, variables)
        guard fault == 0 else {
            let reason = String(cString: strerror(fault))
            throw Failure(description: "\(program) cannot be started: \(reason)")
        }
        identifier = number
    }

    /// What a sanitizer needs to know, in every process that is to be looked at (`scripts/sanitize.sh`).
    private static func sanitizing(_ environment: [String: String]) -> [String: String] {
        guard environment["TSAN_OPTIONS"] != nil || environment["ASAN_OPTIONS"] != nil else {
            return [:]
        }
        return environment.filter {
            ["TSAN_OPTIONS", "ASAN_OPTIONS", "LD_PRELOAD"].contains($0.key)
        }
    }

    deinit {
        signal(SIGKILL)
        wait()
    }

    public var isRunning: Bool { ended == nil }

    /// Sends it a signal, as long as it is there.
    public func signal(_ number: Int32) {
        ending.withLock { if Self.look(at: identifier, &$0) == nil { kill(identifier, number) } }
    }

    /// Waits for its end.
    ///
    /// - Returns: Its exit code; below zero the signal that ended it.
    @discardableResult
    public func wait() -> Int32 {
        while true {
            if let ended { return ended }
            usleep(2_000)
        }
    }

    private var ended: Int32? { ending.withLock { Self.look(at: identifier, &$0) } }

    /// Asks the system once, which forgets a process as soon as it has told of its end.
    private static func look(at process: pid_t, _ ending: inout Int32?) -> Int32? {
        var status: Int32 = 0
        if ending == nil, waitpid(process, &status, WNOHANG) == process {
            let signal = status & 0x7F
            ending = signal == 0 ? (status >> 8) & 0xFF : -signal
        }
        return ending
    }

    /// A process group or a session of its own, and no signal blocked or ignored, as in a terminal that a person
    /// opens: a test's thread blocks nearly all, and a program that inherits that can't be stopped.
    ///
    /// - Parameter group: The flag for the one or the other.
    private static func attributes(group: Int32) -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))
        return attributes
    }

    /// As C wants them, until they are freed.
    private static func words(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
        words.map { strdup($0) } + [nil]
    }
}
