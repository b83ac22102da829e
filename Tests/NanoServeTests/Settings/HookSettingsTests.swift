import Foundation
import Glibc
import NanoCore
import Testing

@testable import NanoServe

@Suite struct HookSettingsTests {
    private let script: HookScript

    init() throws { script = try HookScript("exit 0") }

    private func lamp(_ keys: String = "", _ environment: [String: String] = [:]) throws
        -> Settings.Destination
    {
        let yaml = "routes:\n  lamp: {endpoint: \"\(script.path)\"\(keys)}\n"
        return try #require(try load(yaml, environment).routes.destinations.last)
    }

    /// A file beside the script, without the two slashes that a temporary folder may have.
    private func plain(_ name: String) -> String { script.file(name).replacing("//", with: "/") }

    /// The one thing that is wrong with the program.
    private func problem() throws -> String {
        let found = try problems("routes:\n  lamp: {endpoint: \"\(script.path)\"}\n")
        try #require(found.count == 1, "\(found)")
        #expect(found[0].hasPrefix("nanogridata.yaml:2: routes.lamp.endpoint: "))
        return found[0].replacing("; " + FileTrust.remedy, with: "")
    }

    @Test func `an absolute path makes a program, run one event at a time and four at once`()
        throws
    {
        let destination = try lamp()
        #expect(destination.program == HookProgram(path: script.path))
        #expect(destination.batchEvents == 1 && destination.concurrency == 4)
        #expect(destination.timeoutMilliseconds == 2_000)
        #expect(try lamp(", concurrency: 2, timeout_ms: 100").concurrency == 2)
    }

    @Test func `its environment is four variables and what is configured, shown by name alone`()
        throws
    {
        let environment = [
            "PATH": "/bin", "HOME": "/root", "TZ": "", "NANOGRIDATA_ESP32_SECRET": "",
            "DATABASE_PASSWORD": "x",
        ]
        let destination = try lamp(
            ", environment: {SITE: 7, HOME: /srv, API_KEY: hunter2-hunter2}, arguments: [-v, 'a b', '']",
            environment)
        let program = try #require(destination.program)
        let variables = program.environment.map {
            "\($0.name)=" + String(decoding: $0.value.bytes, as: UTF8.self)
        }
        #expect(variables == ["PATH=/bin", "SITE=7", "HOME=/srv", "API_KEY=hunter2-hunter2"])
        #expect(program.arguments == ["-v", "a b", ""])
        let shown =
            "\(script.path), 3 arguments, environment PATH, SITE, HOME, API_KEY"
        #expect(destination.endpoint.shown == shown)
        #expect(!"\(destination)".contains("hunter2"))
        #expect(destination.access.redaction.redacted("key hunter2-hunter2") == "key (secret)")
    }

    @Test func `a variable of alba's endpoint may name a program, too`() throws {
        let settings = try load(nil, ["ALBA_ENDPOINT": script.path])
        #expect(settings.routes.destinations[0].program?.path == script.path)
        #expect(
            settings.summary.contains {
                $0.hasPrefix("route alba") && $0.contains("1 event a run, 4 at a time")
            })
    }

    @Test func `a program that is not there, or that others may change, is refused`() throws {
        for mode: mode_t in [0o722, 0o702, 0o777] {
            try #require(chmod(script.path, mode) == 0)
            #expect(try problem().contains("(mode \(String(mode, radix: 8))); chmod go-w"))
        }
        try #require(chmod(script.path, 0o600) == 0)
        #expect(try problem().contains("is not executable; chmod u+x"))
        try #require(chmod(script.path, 0o700) == 0)
        let folder = script.file("")
        try #require(chmod(folder, 0o777) == 0)
        #expect(try problem().contains("others may put something else in place of"))
        try #require(chmod(folder, 0o1777) == 0)
        _ = try lamp()
        try script.remove()
        #expect(try problem().contains("No such file or directory"))
        try #require(mkdir(script.path, 0o700) == 0)
        #expect(try problem().contains("is no plain file"))
    }

    @Test func `folders above it and what a link leads to are looked at as well`() throws {
        for name in ["a", "a/b", "c"] { try #require(mkdir(script.file(name), 0o755) == 0) }
        try #require(symlink("../a/./b/../b/deep", script.file("c/link")) == 0)
        try #require(rename(script.path, script.file("a/b/deep")) == 0)
        try #require(symlink(script.file("c/link"), script.path) == 0)
        _ = try lamp()
        for folder in ["a", "c"] {
            try #require(chmod(script.file(folder), 0o757) == 0)
            #expect(
                try problem().hasSuffix(
                    "they may write to \(plain(folder)) (mode 757); chmod go-w \(plain(folder))"))
            try #require(chmod(script.file(folder), 0o755) == 0)
        }
        try #require(chmod(script.file("a/b/deep"), 0o722) == 0)
        #expect(try problem().hasSuffix("chmod go-w " + plain("a/b/deep")))
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `a program, folder or link of another user is refused`() throws {
        try #require(mkdir(script.file("a"), 0o755) == 0)
        try #require(rename(script.path, script.file("a/lamp")) == 0)
        try #require(symlink("a/lamp", script.path) == 0)
        for (name, remedy) in [
            ("a/lamp", "who may change it; chown root \(plain("a/lamp"))"),
            ("a", "move the program to where everything belongs to root"),
            ("hook", "move the program to where everything belongs to root"),
        ] {
            try #require(lchown(script.file(name), 65_534, 65_534) == 0)
            let found = try problem()
            #expect(found.contains("\(plain(name)) belongs to user 65534, who may "))
            #expect(found.hasSuffix(remedy), "\(found)")
            // For a gateway of that user it is fine.
            #expect(TrustedPath(user: 65_534, path: script.path).problem == nil)
            try #require(lchown(script.file(name), 0, 0) == 0)
        }
        _ = try lamp()
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `whoever a user namespace does not know is not trusted, whoever runs the gateway`() throws
    {
        try #require(lchown(script.path, 65_534, 65_534) == 0)
        for user: uid_t in [0, 1_000, 65_534] {
            let path = TrustedPath(user: user, path: script.path, unknownUser: 65_534)
            let problem = try #require(path.problem)
            #expect(problem.contains("may belong to anybody: its owner is user 65534, who in this"))
            #expect(problem.contains("map root into the namespace"))
        }
        #expect(TrustedPath(user: 65_534, path: script.path, unknownUser: 99).problem == nil)
    }

    @Test(
        arguments: [
            ("         0          0 4294967295\n", nil), ("0 100000 65536\n", 65_534),
            ("0 1000 1\n", 65_534), ("0 1000 1\n1 100000 65536\n", 65_534),
            ("0 0 1000\n1000 1000 4294966295\n", nil), ("", 65_534),
        ] as [(String, uid_t?)])
    func `a namespace that knows all users hides nobody`(map: String, unknown: uid_t?) {
        #expect(UserNamespace.unknownUser(map: map, overflow: "65534\n") == unknown)
        #expect(UserNamespace.unknownUser(map: map, overflow: "99\n") == unknown.map { _ in 99 })
    }

    @Test(arguments: [
        ("environment: {1A: x}", "environment.1A is not the name of a variable"),
        ("environment: {A-B: x}", "environment.A-B is not the name of a variable"),
        ("headers: {X: y}", "headers is no key of this kind of destination"),
        ("format: influxdb", "endpoint: is a program, which takes events as JSON"),
        ("format: postgresql", "endpoint: is not the address of a PostgreSQL"),
        ("arguments: [\"a\\0b\"]", "arguments[0]: cannot be given to a program"),
    ])
    func `a mistake is named`(keys: String, problem: String) throws {
        let found = try problems("routes:\n  lamp: {endpoint: \"\(script.path)\", \(keys)}\n")
        #expect(found.count == 1 && found[0].contains(problem), "\(found)")
    }

    @Test func `a relative path is no endpoint, and only programs have arguments`() throws {
        let relative = try problems("routes: {lamp: {endpoint: ./lamp}}")
        #expect(relative.count == 1 && relative[0].contains("the absolute path of a program"))
        #expect(try problems("routes: {x: {endpoint: http://h, arguments: [a]}}").count == 1)
    }

    @Test func `a program that no rule names gives a warning`() throws {
        let yaml = "routes:\n  lamp: {endpoint: \"\(script.path)\"}\n"
        #expect(
            try load(yaml).warnings
                == ["routes.lamp: no rule names it, so its program is never run"])
    }
}
