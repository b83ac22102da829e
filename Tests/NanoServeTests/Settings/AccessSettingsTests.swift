import Glibc
import NanoCore
import Testing

@testable import NanoServe

/// What an HTTP destination wants besides its address.
@Suite struct AccessSettingsTests {
    private func archive(_ lines: String...) -> String {
        (["routes:", "  archive:", "    endpoint: https://archive.example/in"]
            + lines.map { "    " + $0 }).joined(separator: "\n")
    }

    private func headers(_ yaml: String, _ environment: [String: String] = [:]) throws -> [String] {
        let destination = try #require(try load(yaml, environment).routes.destinations.last)
        return destination.access.headers.map { $0.name + ": " + $0.text }
    }

    @Test func `headers and a token are sent as they are configured`() throws {
        let yaml = archive(
            "bearer_token: s3cr3t-token", "headers:", "  X-Plant: seven of nine", "  X-Key: k3y-k3y"
        )
        #expect(
            try headers(yaml) == [
                "X-Plant: seven of nine", "X-Key: k3y-k3y", "Authorization: Bearer s3cr3t-token",
            ])
    }

    @Test func `a token comes from a file or a variable as well`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/token"
        try PrivateFile.write(Array("from-file\n".utf8), to: path)
        #expect(
            try headers(archive("bearer_token_file: \(path)")) == [
                "Authorization: Bearer from-file"
            ])
        #expect(
            try headers(archive("bearer_token_env: MY_TOKEN"), ["MY_TOKEN": "from-variable"])
                == ["Authorization: Bearer from-variable"])
    }

    @Test func `nothing shows a secret`() throws {
        let settings = try load(
            archive("bearer_token: hunter2-hunter2", "headers: {X-Key: k3yk3yk3y}"))
        let destination = try #require(settings.routes.destinations.last)
        var dumped = ""
        dump(settings, to: &dumped)
        for text in settings.summary + ["\(settings)", "\(GatewayConfiguration(settings))", dumped]
        {
            #expect(!text.contains("hunter2") && !text.contains("k3yk3y"), "\(text)")
        }
        #expect(settings.summary.contains { $0.contains("headers X-Key, Authorization") })
        #expect(
            destination.access.redaction.redacted("no hunter2-hunter2, no k3yk3yk3y")
                == "no (secret), no (secret)")
    }

    @Test(arguments: [
        (
            "headers: {Host: s3cr3t}", 4,
            "headers.Host: the gateway writes this field itself; leave it out"
        ),
        (
            "headers: {content-length: 7}", 4,
            "headers.content-length: the gateway writes this field itself; leave it out"
        ),
        (
            "headers: {X-A: \"s3cr3t\\r\\nX-B: y\"}", 4,
            "headers.X-A: the value cannot be sent; use 1…4096 printable ASCII characters, without spaces around them"
        ),
        (
            "headers: {X-A: s3cr3t, x-a: s3cr3t}", 4,
            "headers.x-a: the field is there twice; keep one"
        ),
        (
            "bearer_token: s3cr3t s3cr3t", 4,
            "bearer_token: is not a token; use 1…4096 printable ASCII characters without spaces"
        ),
        (
            "bearer_token_file: /nowhere/s", 4,
            "bearer_token_file: /nowhere/s: the file is not there"
        ),
        (
            "bearer_token_env: NO_SUCH", 4,
            "bearer_token_env: the environment has no NO_SUCH; set it"
        ),
        (
            "ca_file: /nowhere/ca.pem", 4,
            "ca_file: the file cannot be read; look at its path and mode"
        ),
        (
            "headers: {Authorization: s3cr3t}\n    bearer_token: s3cr3t", 5,
            "bearer_token: the headers have Authorization already; keep one of the two"
        ),
        (
            "bearer_token: s3cr3t\n    bearer_token_env: S", 5,
            "bearer_token_env: bearer_token comes from two places; keep one of bearer_token, bearer_token_file and bearer_token_env"
        ),
    ])
    func `a mistake is named with file, line and key, and without the secret`(
        line: String, number: Int, problem: String
    ) throws {
        let found = try problems(archive(line), ["S": "s3cr3t"])
        #expect(found == ["nanogridata.yaml:\(number): routes.archive.\(problem)"])
    }

    @Test func `a file without the credential or the certificate is named`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/empty"
        try PrivateFile.write(Array(" \n".utf8), to: path)
        let found = try problems(archive("bearer_token_file: \(path)", "ca_file: \(path)"))
        #expect(
            found == [
                "nanogridata.yaml:4: routes.archive.bearer_token_file: the file is empty; "
                    + "write the credential into it",
                "nanogridata.yaml:5: routes.archive.ca_file: the file holds no certificate in PEM "
                    + "form",
            ])
    }

    @Test func `a header that is no field's name is refused`() throws {
        let found = try problems(archive("headers: {\"X A\": s3cr3t}"))
        #expect(found.count == 1 && !found[0].contains("s3cr3t"))
        #expect(found[0].hasPrefix("nanogridata.yaml:4: routes.archive.headers.X A is not"))
    }

    @Test(arguments: [
        ("http://archive.example", true), ("http://127.0.0.1:9", false),
        ("http://[::1]", false), ("https://archive.example", false),
    ])
    func `a credential that goes unencrypted to another machine is answered with a warning`(
        endpoint: String, isOpen: Bool
    ) throws {
        let settings = try load("routes: {x: {endpoint: \"\(endpoint)\", bearer_token: s3cr3t}}")
        let line = "routes.x: credentials go over http, which others can read; use https"
        #expect(settings.warnings == (isOpen ? [line] : []))
    }

    @Test func `authorities of one's own need https`() throws {
        let yaml = "routes: {alba: {endpoint: http://h, ca_file: /etc/hostname}}"
        #expect(
            try problems(yaml) == [
                "nanogridata.yaml:1: routes.alba.ca_file: the endpoint is not https; "
                    + "leave it out or use https"
            ])
    }

    @Test func `a token's file that others can read is refused, with the command that mends it`()
        throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path + "/token"
        try PrivateFile.write(Array("from-file\n".utf8), to: path)
        for mode in [0o644, 0o640, 0o604] as [mode_t] {
            chmod(path, mode)
            let found = try problems(archive("bearer_token_file: \(path)"))
            // What belongs to root may be given to a group, for a gateway that is not root.
            if mode == 0o640, geteuid() == 0 {
                #expect(found.isEmpty)
                continue
            }
            let start =
                "nanogridata.yaml:4: routes.archive.bearer_token_file: \(path): others may use it"
            #expect(found.count == 1 && found.first?.hasPrefix(start) == true, "\(found)")
            #expect(found.first?.hasSuffix("chmod 600 \(path)") == true)
        }
    }
}
