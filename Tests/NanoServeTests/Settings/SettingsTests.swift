import Foundation
import NanoCore
import NanoServe
import Testing

@Suite struct SettingsTests {
    @Test func `without anything said the documented defaults hold`() throws {
        let settings = try load()
        #expect(settings.ingress == Settings.Ingress())
        #expect(settings.ingress.host == Settings.allAddresses)
        #expect(settings.ingress.port == 5678)
        #expect(settings.monitor == Settings.Monitor())
        #expect(settings.monitor.host == "127.0.0.1")
        #expect(settings.monitor.port == 5679)
        #expect(settings.routes.destinations.map(\.name) == ["alba", "cycle", "local"])
        #expect(
            settings.routes.destinations.map(\.endpoint.shown) == [
                "http://127.0.0.1:5555/telemetry/ingest",
                "http://127.0.0.1:5556/telemetry/ingest", "local:",
            ])
        #expect(settings.routes.rules == RoutingRules.standard)
        #expect(settings.intake.limits == RateLimits.Configuration())
        #expect(!settings.embedded.isEnabled)
    }

    @Test func `the command line wins over the environment, the environment over the file`() throws
    {
        let file = "devices: {port: 1111}"
        #expect(try load(file).ingress.port == 1111)
        let environment = ["NANOGRIDATA_PORT": "2222"]
        #expect(try load(file, environment).ingress.port == 2222)
        var arguments = SettingsOverrides()
        arguments.port = 3333
        #expect(try load(file, environment, arguments).ingress.port == 3333)
    }

    @Test func `every fixed variable has its effect`() throws {
        let settings = try load(
            nil,
            [
                "NANOGRIDATA_PORT": "0", "METRICS_PORT": "7000", "NANOGRIDATA_HOST": "::1",
                "ALBA_ENDPOINT": "http://alba:5555", "CYCLE_ENDPOINT": "discard:",
                "ALBA_BATCH_EVENTS": "100", "CYCLE_BATCH_EVENTS": "7", "LOG_LEVEL": "WARN",
                "NANOGRIDATA_STATE_DIR": "/var/lib/n", "NANOGRIDATA_MINIMUM_LEVEL": "none",
            ])
        #expect(settings.ingress.port == 0 && settings.monitor.port == 7000)
        #expect(settings.ingress.host == "::1" && settings.monitor.host == "::1")
        let routes = settings.routes.destinations
        #expect(routes[0].endpoint.shown == "http://alba:5555/telemetry/ingest")
        #expect(routes[0].batchEvents == 100 && routes[1].batchEvents == 7)
        #expect(routes[1].endpoint == .discard)
        #expect(settings.logging.level == "warning")
        #expect(settings.state.folder == "/var/lib/n")
        #expect(settings.intake.models.count == 5)
        #expect(settings.intake.models.allSatisfy { $0.minimumLevel == .none })
    }

    @Test(arguments: [
        ("http://h:5555", "http://h:5555/telemetry/ingest"),
        ("http://h:5555/", "http://h:5555/telemetry/ingest"),
        ("http://h/x", "http://h:80/x"),
        ("https://h", "https://h:443/telemetry/ingest"),
        ("http://[::1]:9", "http://[::1]:9/telemetry/ingest"),
        ("http://h:1?key=2", "http://h:1/telemetry/ingest?…"),
        ("discard:", "discard:"),
    ])
    func `an endpoint without a path gets the ingest path`(text: String, url: String) throws {
        let settings = try load(nil, ["ALBA_ENDPOINT": text])
        #expect(settings.routes.destinations[0].endpoint.shown == url)
    }

    @Test func `the time of deliveries at a stop is five seconds unless the file says otherwise`()
        throws
    {
        #expect(GatewayConfiguration(try load()).drainSeconds == 5)
        let settings = try load("delivery: {drain_s: 120}")
        #expect(GatewayConfiguration(settings).drainSeconds == 120)
        #expect(settings.summary.contains { $0.hasPrefix("delivery ") && $0.contains("120 s") })
        #expect(try problems("delivery: {drain_s: 3601}").count == 1)
    }

    @Test func `a minimum level for one model leaves the others alone`() throws {
        let models = try load("models: {0x10: {minimum_level: military}}").intake.models
        #expect(models.first { $0.id == .esp32Pressure }?.minimumLevel == .military)
        #expect(models.first { $0.id == .asicMulti }?.minimumLevel == .high)
        #expect(models.first { $0.id == .stm32Gas }?.minimumLevel == .standard)
    }

    @Test func `a secret's age has a limit where the file gives one, with its unit`() throws {
        let settings = try load("models: {0x10: {rotate_after: 90d}, 0x55: {rotate_after: 36h}}")
        let (days, hours): (Int64, Int64) = (90 * 86_400, 36 * 3_600)
        #expect(settings.intake.model(.esp32Pressure).rotateAfterSeconds == days)
        #expect(settings.intake.model(ModelID(rawValue: 0x55)).rotateAfterSeconds == hours)
        #expect(settings.intake.model(.stm32Gas).rotateAfterSeconds == nil)
        #expect(settings.summary.contains { $0.contains("a new secret after 90d, ") })
        for text in ["90", "30m", "3651d", "soon", "-1d"] {
            let found = try problems("models: {0x10: {rotate_after: \(text)}}")
            #expect(found.count == 1)
            #expect(
                found.first?.hasPrefix("nanogridata.yaml:1: models.0x10.rotate_after: ") == true)
            #expect(found.first?.contains("use 1h…3650d") == true, "\(found)")
        }
    }

    @Test func `configuration adds models, destinations and rules`() throws {
        let settings = try load(
            """
            models:
              0x55: {name: WIND, profile: NANO-ESP32-PRESSURE}
            routes:
              archive: {endpoint: "discard:", paused: true}
            rules:
              - types: [telemetry, event]
                models: [0x55]
                destinations: [alba, archive]
            """)
        let wind = try #require(settings.intake.models.first { $0.id.rawValue == 0x55 })
        #expect(wind.name == "WIND" && wind.profile == .esp32Pressure)
        #expect(settings.routes.destinations.map(\.name) == ["alba", "cycle", "local", "archive"])
        #expect(settings.routes.destinations.last?.startsPaused == true)
        let models: Set<ModelID> = [ModelID(rawValue: 0x55)]
        #expect(
            settings.routes.rules == [
                .init(type: .telemetry, models: models, destinations: ["alba", "archive"]),
                .init(type: .event, models: models, destinations: ["alba", "archive"]),
            ])
    }

    @Test func `limits are on only where they are configured`() throws {
        let limits = try load(
            "limits: {source: {frames_per_second: 10, burst_frames: 50}}"
        ).intake.limits
        #expect(limits.source == Rate(framesPerSecond: 10, burstFrames: 50))
        #expect(limits.connection == nil && limits.device == nil)
    }

    @Test func `embedded receivers are the endpoints, and say what they replace`() throws {
        var arguments = SettingsOverrides()
        arguments.embedded = true
        arguments.albaPort = 7001
        let settings = try load(nil, ["ALBA_ENDPOINT": "http://elsewhere"], arguments)
        #expect(
            settings.routes.destinations.prefix(2).map(\.endpoint.shown) == [
                "http://127.0.0.1:7001/telemetry/ingest",
                "http://127.0.0.1:5556/telemetry/ingest",
            ])
        #expect(settings.warnings.contains { $0.contains("ALBA_ENDPOINT") })
    }

    @Test func `state lives in the XDG folder`() throws {
        #expect(
            try load(nil, ["XDG_STATE_HOME": "/x", "HOME": "/h"]).state.folder == "/x/nanogridata")
        #expect(try load(nil, ["HOME": "/h"]).state.folder == "/h/.local/state/nanogridata")
        #expect(
            try load(nil, ["XDG_STATE_HOME": "relative", "HOME": "/h"]).state.folder
                == "/h/.local/state/nanogridata")
    }

    @Test func `the gateway is configured by the settings`() throws {
        let settings = try load(
            "devices: {port: 1, max_connections: 9, idle_timeout_s: 8}",
            ["ALBA_ENDPOINT": "discard:", "CYCLE_BATCH_EVENTS": "3"])
        let configuration = GatewayConfiguration(settings)
        #expect(configuration.deviceHost == nil && configuration.devicePort == 1)
        #expect(configuration.maximumConnections == 9 && configuration.idleSeconds == 8)
        #expect(configuration.destinations.map(\.name) == ["alba", "cycle", "local"])
        #expect(configuration.destinations[1].batchEvents == 3)
    }

    @Test func `an embedded receiver takes as many connections as the routes to it may have`()
        throws
    {
        let yaml = """
            embedded: {enabled: true}
            monitor: {max_listeners: 8}
            routes:
              alba: {concurrency: 1024}
              third: {endpoint: "http://127.0.0.1:5555", concurrency: 10}
            """
        let settings = try load(yaml)
        #expect(settings.embeddedConnections(port: 5_555) == 1_024 + 10 + 32)
        #expect(settings.embeddedConnections(port: 5_556) == 128)
        #expect(GatewayConfiguration(settings).serverFiles == 8 + 32 + 1_066 + 128)
    }

    @Test func `the summary tells what is in effect and no secret`() throws {
        let secret = String(repeating: "0123456789abcdef", count: 4)
        let settings = try load(nil, ["NANOGRIDATA_ESP32_SECRET": secret])
        let text = settings.summary.joined(separator: "\n") + "\(settings)"
        #expect(text.contains("NANOGRIDATA_ESP32_SECRET"))
        #expect(!text.contains("0123456789abcdef"))
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!dumped.contains("- 35") && dumped.contains("(secret)"))
    }
}
