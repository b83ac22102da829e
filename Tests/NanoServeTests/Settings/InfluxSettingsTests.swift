import NanoCore
import Testing

@testable import NanoServe

@Suite struct InfluxSettingsTests {
    private func influx(
        _ yaml: String? = nil, _ environment: [String: String] = [:]
    ) throws -> Settings.Destination {
        try #require(try load(yaml, environment).routes.destinations.last)
    }

    @Test func `the variable alone makes a route of version 2 that measurements and events take`()
        throws
    {
        let settings = try load(nil, ["INFLUXDB_ENDPOINT": "http://influx:8086"])
        let destination = try #require(settings.routes.destinations.last)
        #expect(destination.name == "influxdb")
        #expect(
            destination.endpoint.shown
                == "http://influx:8086/api/v2/write?org=nanogridata&bucket=nanogridata&precision=ns"
        )
        #expect(destination.batchEvents == 1_000 && destination.takesLineProtocol)
        #expect(destination.access.headers.isEmpty)
        #expect(settings.warnings.isEmpty)
        let rules = try RoutingRules(
            destinations: settings.routes.destinations.map(\.name), rules: settings.routes.rules)
        for type in PayloadType.allCases {
            let places = rules.destinations(type: type, model: .custom).indices
            #expect(places.contains(3) == (type == .telemetry || type == .event), "\(type.name)")
        }
        let event = rules.destinations(type: .event, model: .esp32Pressure)
        #expect(event.indices == [0, 3])
    }

    @Test func `organisation, bucket and token come from variables or the file`() throws {
        let environment = [
            "INFLUXDB_ENDPOINT": "https://influx/base/", "INFLUXDB_ORG": "a b",
            "INFLUXDB_BUCKET": "c&d",
            "INFLUXDB_TOKEN": "t0ken-t0ken==",
        ]
        let destination = try influx(nil, environment)
        #expect(
            destination.endpoint.shown
                == "https://influx:443/base/api/v2/write?org=a%20b&bucket=c%26d&precision=ns")
        #expect(destination.access.headers.map(\.text) == ["Token t0ken-t0ken=="])
        let file = """
            routes:
              history: {format: influxdb, endpoint: "http://h", org: o, bucket: b, token_env: T}
            """
        let other = try influx(file, ["T": "t0ken-t0ken=="])
        #expect(other.endpoint.shown.contains("?org=o&bucket=b&"))
        #expect(other.access == destination.access)
    }

    @Test func `a database makes it version 1, with user and password`() throws {
        let destination = try influx(
            nil,
            [
                "INFLUXDB_ENDPOINT": "http://[::1]:8086", "INFLUXDB_DATABASE": "plant",
                "INFLUXDB_USER": "Aladdin", "INFLUXDB_PASSWORD": "open sesame",
            ])
        #expect(destination.endpoint.shown == "http://[::1]:8086/write?db=plant&precision=ns")
        #expect(destination.access.headers.map(\.text) == ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="])
        #expect(
            destination.access.redaction.redacted("QWxhZGRpbjpvcGVuIHNlc2FtZQ== is open sesame")
                == "(secret) is (secret)")
    }

    @Test(arguments: [
        (
            "endpoint: http://h?org=s3cr3t",
            "endpoint: has a query; leave it out, and give bucket or database as keys"
        ),
        (
            "endpoint: http://h/api/v2/write",
            "endpoint: has the path of writing, which is added by itself; leave it out"
        ),
        (
            "{endpoint: http://h, database: d, bucket: b}",
            "database: database is for version 1, org and bucket are for version 2; keep those of one"
        ),
        ("{endpoint: http://h, user: u}", "user: a user needs a password; give both"),
        ("{endpoint: http://h, password: s3cr3t}", "password: a password needs a user; give both"),
        (
            "{endpoint: http://h, user: \"u:v\", password: s3cr3t}",
            "user: a user's name has no colon; use another"
        ),
        (
            "{endpoint: http://h, token: s3cr3t, user: u, password: s3cr3t}",
            "token: there are several credentials; keep token, or user and password, or Authorization"
        ),
        (
            "{endpoint: http://h, token: s3 cr3t}",
            "token: is not a token; use 1…4096 printable ASCII characters without spaces"
        ),
    ])
    func `a mistake is named without the secret`(section: String, problem: String) throws {
        let text = section.hasPrefix("{") ? section : "{\(section)}"
        #expect(
            try problems("routes:\n  influxdb: \(text)\n") == [
                "nanogridata.yaml:2: routes.influxdb.\(problem)"
            ])
    }

    @Test func `its keys are unknown elsewhere`() throws {
        #expect(try problems("routes: {alba: {bucket: b}}").count == 1)
        #expect(try problems("routes: {x: {endpoint: http://h, token: t}}").count == 1)
    }

    @Test func `rules of the file that forget it are answered with a warning`() throws {
        let yaml = "rules: [{types: [telemetry], destinations: [alba]}]"
        let settings = try load(yaml, ["INFLUXDB_ENDPOINT": "http://h"])
        #expect(
            settings.warnings == ["routes.influxdb: no rule names it, so nothing is written there"])
    }

    @Test func `it can be discarded like any other`() throws {
        let destination = try influx(nil, ["INFLUXDB_ENDPOINT": "discard:", "INFLUXDB_TOKEN": "t"])
        #expect(destination.endpoint == .discard)
    }
}
