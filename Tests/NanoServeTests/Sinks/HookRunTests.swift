import Foundation
import Glibc
import Testing

@testable import NanoServe

@Suite struct HookRunTests {
    private func run(
        _ script: HookScript, input: [UInt8] = [], arguments: [String] = [],
        environment: [String: String] = ["PATH": "/usr/bin:/bin"], milliseconds: Int = 20_000
    ) async -> HookRun.Report {
        var program = HookProgram(path: script.path)
        program.arguments = arguments
        program.environment = environment.map { name, value in
            HookProgram.Variable(name: name, value: Secret(Array(value.utf8)))
        }
        return await HookRun(program: program, timeout: .milliseconds(milliseconds))
            .report(input: input)
    }

    @Test func `a program reads all of its input to the end`() async throws {
        let script = try HookScript(#"cat > "$D/in""#)
        let input = Array(String(repeating: "0123456789", count: 100_000).utf8)
        let report = await run(script, input: input)
        #expect(report.ending == .exited(code: 0) && report.errors.isEmpty)
        #expect(script.text("in").utf8.elementsEqual(input))
    }

    @Test func `arguments arrive as they are, since no shell looks at them`() async throws {
        let script = try HookScript(#"printf '%s\n' "$#" "$@" > "$D/args""#)
        let arguments = ["$(touch x)", "a b", "", "*", "'; exit 9 #", "--x=\"y\"", "é"]
        #expect(await run(script, arguments: arguments).ending == .exited(code: 0))
        #expect(script.text("args") == (["7"] + arguments).joined(separator: "\n") + "\n")
    }

    @Test func `nothing of the gateway's environment, descriptors and terminal is inherited`()
        async throws
    {
        setenv("NANOGRIDATA_HOOK_TEST", "s3cr3t", 1)
        defer { unsetenv("NANOGRIDATA_HOOK_TEST") }
        let script = try HookScript(
            #"""
            tr '\0' '\n' < /proc/$$/environ > "$D/env"
            ls -l /proc/$$/fd > "$D/fds"
            pwd > "$D/cwd"
            echo "$$ $(cut -d' ' -f5,6,7 /proc/$$/stat)" > "$D/group"
            """#)
        // Without close-on-exec, as a library might have left it.
        let leaky = open(script.file("leaky"), O_RDWR | O_CREAT, 0o600)
        try #require(leaky >= 0)
        defer { close(leaky) }
        let environment = ["PATH": "/usr/bin:/bin", "SITE": "plant 7"]
        #expect(await run(script, environment: environment).ending == .exited(code: 0))
        #expect(Set(script.lines("env")) == ["PATH=/usr/bin:/bin", "SITE=plant 7"])
        let descriptors = script.lines("fds").compactMap { line in
            line.firstMatch(of: /(\d+) -> (.*)/).map { (Int($0.1) ?? -1, String($0.2)) }
        }
        // From 10 on a shell keeps what it is reading, and what it has put aside.
        #expect(descriptors.map(\.0).filter { $0 < 10 } == [0, 1, 2])
        let others = descriptors.map(\.1).filter { !$0.hasPrefix("pipe:") && $0 != "/dev/null" }
        #expect(others.allSatisfy { $0.hasSuffix("/hook") || $0.hasSuffix("/fds") }, "\(others)")
        #expect(script.text("cwd") == "/\n")
        let numbers = script.text("group").split(separator: " ").map {
            $0.trimmingCharacters(in: .newlines)
        }
        try #require(numbers.count == 4)
        #expect(numbers[1] == numbers[0] && numbers[2] == numbers[0] && numbers[3] == "0")
    }

    @Test(
        arguments: [
            ("exit 0", .exited(code: 0)), ("exit 1", .exited(code: 1)),
            ("exit 75", .exited(code: 75)), ("kill -9 $$", .signaled(9)),
            ("trap '' PIPE; kill -PIPE $$; exit 4", .exited(code: 4)),
            ("kill -PIPE $$", .signaled(13)),
        ] as [(String, HookEnding)])
    func `its end is told as it was`(body: String, ending: HookEnding) async throws {
        #expect(await run(try HookScript(body)).ending == ending)
    }

    @Test(arguments: ["exit 0", "exec <&-; exit 0", "sleep 0.3; exit 0", "head -c 10; exit 0"])
    func `input that it does not read harms nobody`(body: String) async throws {
        let script = try HookScript(body)
        let input = [UInt8](repeating: 0x20, count: 4 << 20)
        #expect(await run(script, input: input).ending == .exited(code: 0))
    }

    @Test func `of what it writes to standard error the beginning is kept, and all is taken`()
        async throws
    {
        let script = try HookScript(
            #"""
            echo first >&2
            yes | head -c 3000000 >&2
            yes | head -c 3000000
            exit 3
            """#)
        let report = await run(script)
        #expect(report.ending == .exited(code: 3) && report.errors.count == 16_384)
        #expect(report.errors.starts(with: Array("first\ny\n".utf8)))
    }

    @Test func `when its time is over all that it has started is ended, also what refuses`()
        async throws
    {
        let script = try HookScript(
            #"""
            echo $$ > "$D/pids"
            sleep 300 & echo $! >> "$D/pids"
            (trap '' TERM; sleep 300 & echo $! >> "$D/pids"; wait) & echo $! >> "$D/pids"
            (trap 'echo told > "$D/told"; exit' TERM; while :; do sleep 0.01; done) &
            echo $! >> "$D/pids"
            wait
            """#)
        var milliseconds = 500
        var started = ContinuousClock.now
        // It may need longer to start them all, on a machine that is busy.
        repeat {
            unlink(script.file("told"))
            started = .now
            #expect(await run(script, milliseconds: milliseconds).ending == .overdue)
            milliseconds *= 4
        } while script.lines("pids").count != 5 && milliseconds < 40_000
        #expect(script.lines("pids").count == 5)
        let isEnded = try await eventually { !script.runs("pids") }
        #expect(isEnded)
        #expect(script.text("told") == "told\n")
        #expect(ContinuousClock.now - started < .seconds(60))
    }

    @Test func `success that comes after the time does not count`() async throws {
        let script = try HookScript("trap 'exit 0' TERM; while :; do sleep 0.01; done")
        #expect(await run(script, milliseconds: 300).ending == .overdue)
    }

    @Test func `success in time counts, however late the gateway comes to look`() async throws {
        let script = try HookScript(#"touch "$D/started"; sleep 0.2; exit 0"#)
        async let report = run(script, milliseconds: 3_000)
        let isStarted = try await eventually {
            FileManager.default.fileExists(atPath: script.file("started"))
        }
        #expect(isStarted)
        // Nothing else gets a turn until the time is over.
        let end = ContinuousClock.now + .seconds(4)
        for _ in 0..<ProcessInfo.processInfo.activeProcessorCount * 4 {
            Task.detached { while ContinuousClock.now < end { usleep(10_000) } }
        }
        #expect(await report.ending == .exited(code: 0))
    }

    @Test func `what it leaves behind is ended with it, and holds nobody up`() async throws {
        let script = try HookScript(
            #"trap '' TERM; sleep 300 & echo $! > "$D/pids"; echo done >&2; exit 0"#)
        let started = ContinuousClock.now
        let report = await run(script)
        #expect(report.ending == .exited(code: 0) && report.errors == Array("done\n".utf8))
        #expect(ContinuousClock.now - started < .seconds(15))
        let isEnded = try await eventually { !script.runs("pids") }
        #expect(isEnded && !script.lines("pids").isEmpty)
    }

    @Test func `a run that is cancelled is ended`() async throws {
        let script = try HookScript(#"echo $$ > "$D/pids"; sleep 300 & echo $! >> "$D/pids"; wait"#)
        let task = Task { await run(script, milliseconds: 200_000) }
        let isStarted = try await eventually { script.lines("pids").count == 2 }
        #expect(isStarted)
        task.cancel()
        #expect(await task.value.ending == .overdue)
        let isEnded = try await eventually { !script.runs("pids") }
        #expect(isEnded)
    }

    @Test func `what cannot be started says why`() async throws {
        let script = try HookScript("exit 0")
        try script.remove()
        let missing = HookEnding.notStarted(
            reason: "it, or the interpreter that it names, is not there or not executable")
        #expect(await run(script).ending == missing)
        try Data([1, 2, 3]).write(to: URL(filePath: script.path))
        try #require(chmod(script.path, 0o700) == 0)
        #expect(await run(script).ending == .notStarted(reason: "Exec format error"))
        try #require(chmod(script.path, 0o600) == 0)
        #expect(await run(script).ending == missing)
        try Data("#!/no/such/interpreter\n".utf8).write(to: URL(filePath: script.path))
        try #require(chmod(script.path, 0o700) == 0)
        #expect(await run(script).ending == missing)
    }

    @Test func `runs leave no descriptors and no zombies`() async throws {
        let script = try HookScript("echo x >&2; exit 1")
        func descriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        }
        func children() throws -> [String] {
            let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
            return tasks.flatMap { task in
                let list = try? String(
                    contentsOfFile: "/proc/self/task/\(task)/children", encoding: .utf8)
                return (list ?? "").split(separator: " ").map(String.init)
            }
        }
        // What is there for all runs comes with the first.
        _ = await run(script)
        let (filesBefore, childrenBefore) = (try descriptors(), try children())
        await withTaskGroup { group in
            for _ in 0..<40 {
                group.addTask { _ = await run(script, input: Array("x".utf8)) }
            }
        }
        #expect(try descriptors() <= filesBefore)
        #expect(Set(try children()).subtracting(childrenBefore).isEmpty)
    }
}
