import NanoCore
import Testing

@testable import NanoServe

/// The registry and offenders, as people write them.
@Suite struct RegistrySettingsTests {
    @Test func `without keys all devices are heard, and offenders are only watched`() throws {
        let settings = try load()
        #expect(settings.ingress.registry == RegistryRules())
        #expect(settings.ingress.doors.offenders.action == .watch)
        #expect(settings.summary.contains { $0.hasPrefix("registry ") && $0.contains("open: all") })
        #expect(
            settings.summary.contains {
                $0.hasPrefix("offenders ") && $0.hasSuffix("watched, not slowed or blocked")
            })
    }

    @Test func `registry and offenders reach the gateway and the summary`() throws {
        let yaml = """
            devices:
              registry: closed
              unknown: refuse
              known: ["0x10 ESP32-001", "ff pump 7", 0x20]
              offenders:
                action: block
                slow_after: 60
                block_after: 300
                flap_after: 30
                block_for_s: 60
                block_for_max_s: 3600
            """
        let settings = try load(yaml)
        let configuration = GatewayConfiguration(settings)
        #expect(configuration.registry.isClosed && configuration.registry.unknown == .refuse)
        #expect(
            configuration.registry.known == [
                DeviceName(.esp32Pressure, "ESP32-001"), DeviceName(.custom, "pump 7"),
                DeviceName(.stm32Gas, ""),
            ])
        let offenders = configuration.doors.offenders
        #expect(offenders.action == .block && offenders.slowAfter == 60)
        #expect(offenders.blockAfter == 300 && offenders.flapAfter == 30)
        #expect(offenders.blockSeconds == 60 && offenders.maximumBlockSeconds == 3_600)
        #expect(settings.summary.contains { $0.hasSuffix("closed: unknown devices are refused") })
    }

    @Test func `a model alone among the known is told of, unless it is plainly meant`() throws {
        let settings = try load("devices: {known: [\"0x10\", '0x20 \"\"', 0x10 A]}")
        #expect(
            settings.ingress.registry.known == [
                DeviceName(.esp32Pressure, ""), DeviceName(.stm32Gas, ""),
                DeviceName(.esp32Pressure, "A"),
            ])
        let told = settings.warnings.filter { $0.contains("devices.known") }
        #expect(told.count == 1)
        #expect(
            told.first?.contains(
                "nanogridata.yaml:1: devices.known[0]: 0x10 alone stands for devices of the model "
                    + "that send no id, and for no other; write '0x10 ID'") == true, "\(told)")
    }

    @Test(arguments: [
        ("block", 9.0, ["block_after is 3000, so floods are never blocked"]), ("block", 60.0, []),
        ("slow", 9.0, ["slow_after is 600, so floods are never slowed"]), ("slow", 12.0, []),
        ("watch", 1.0, []),
    ])
    func `a limit under which nobody becomes an offender is told`(
        action: String, rate: Double, told: [String]
    ) throws {
        let settings = try load(
            """
            devices:
              offenders:
                action: \(action)
            limits:
              source:
                frames_per_second: \(rate)
            """)
        let lines = settings.warnings.filter { $0.hasPrefix("limits.source: ") }
        #expect(lines.count == told.count && zip(lines, told).allSatisfy { $0.contains($1) })
    }

    @Test func `each mistake is named with its line and what is meant`() throws {
        let yaml = """
            devices:
              registry: shut
              known: [esp32]
              offenders:
                action: ban
                slow_after: 500
                block_after: 100
                block_for_max_s: 10
            """
        let lines = try problems(yaml)
        #expect(lines.count == 5)
        #expect(lines.contains { $0.contains(":5: devices.offenders.action: \"ban\"") })
        #expect(
            lines.contains {
                $0.contains(
                    ":7: devices.offenders.block_after is 100; use slow_after, which is 500")
            })
        #expect(
            lines.contains {
                $0.contains(":8: devices.offenders.block_for_max_s is 10; use block_for_s")
            })
        #expect(lines.contains { $0.contains(":2: devices.registry: \"shut\"") })
        #expect(lines.contains { $0.contains(":3: ") && $0.contains("0x10 ESP32-001") })
    }

    @Test func `a number is no device, and an empty item is no value`() throws {
        let lines = try problems("devices:\n  known: [5, \"0x10\"]\n  allow: [10.0.0.0/8, ~]\n")
        #expect(
            lines == [
                "nanogridata.yaml:2: devices.known[0]: 5 is not a device; use a model and an id: "
                    + "0x10 ESP32-001",
                "nanogridata.yaml:3: devices.allow[1] is empty; write a value or take it out",
            ])
    }
}
