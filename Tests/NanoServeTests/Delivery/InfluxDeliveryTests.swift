import Foundation
import NanoCore
import Testing

/// A gateway that writes to databases as they are installed.
@Suite struct InfluxDeliveryTests {
    /// So many packets of one second, ten of each device, with the numbers 0, 1, 2 … as pressure.
    private func burst(_ count: Int) -> [[UInt8]] {
        let second = DeviceFrames.now
        return (0..<count).map { number in
            frame(.esp32Pressure, at: second) { payload in
                payload.map(3)
                payload.text("device_id")
                payload.text("ESP32-\(number % max(1, count / 10))")
                payload.text("lab_id")
                payload.text("LAB 7, east")
                payload.text("pressure_pa")
                payload.integer(Int64(number))
            }
        }
    }

    /// An event with one field.
    private func event(_ write: (inout CBORWriter) -> Void) -> [UInt8] {
        frame(.custom, .event, at: DeviceFrames.now) { payload in
            payload.map(1)
            payload.text("door")
            write(&payload)
        }
    }

    private func frame(
        _ model: ModelID, _ type: PayloadType = .telemetry, at second: UInt32,
        _ write: (inout CBORWriter) -> Void
    ) -> [UInt8] {
        var payload = CBORWriter()
        write(&payload)
        return FrameBuilder(model: model, type: type, level: .standard, timestamp: second).build(
            payload: payload.bytes, key: HMACKey(secret: DeviceFrames.secrets[model] ?? []))
    }

    private func version1(_ server: TimeSeriesServer) -> [String: String] {
        ["INFLUXDB_ENDPOINT": server.url, "INFLUXDB_DATABASE": "plant"]
    }

    @Test func `a thousand packets of a second are a thousand points, however often written`()
        async throws
    {
        let server = try await TimeSeriesServer.influxDB()
        _ = try await server.query("CREATE DATABASE plant")
        let frames = burst(1_000)
        // The second gateway knows nothing of the first, and writes all of them again.
        for _ in 0..<2 {
            try await withGateway(environment: version1(server)) { gateway in
                try await gateway.send(frames)
                try await gateway.reaches("routes.influxdb.delivered", 1_000)
                try await gateway.reaches("routes.alba.delivered", 1_000)
            }
            let values = try await server.values("SELECT pressure_pa FROM nanogridata", in: "plant")
            #expect(values.sorted() == (0..<1_000).map(Double.init))
        }
        let values = try await server.values(
            "SELECT pressure_pa FROM nanogridata WHERE device_id = 'ESP32-7' "
                + "AND lab_id = 'LAB 7, east' AND model = '0x10' "
                + "AND profile = 'NANO-ESP32-PRESSURE'", in: "plant")
        #expect(values.sorted() == stride(from: 7.0, to: 1_000, by: 100).map { $0 })
    }

    @Test func `an event that does not fit costs only itself`() async throws {
        let server = try await TimeSeriesServer.influxDB()
        _ = try await server.query("CREATE DATABASE plant")
        try await withGateway(environment: version1(server)) { gateway in
            try await gateway.send([event { $0.integer(-1) }])
            try await gateway.reaches("routes.influxdb.delivered", 1)
            try await gateway.send(
                (0..<20).map { number in
                    event { number == 13 ? $0.text("ajar") : $0.integer(Int64(number)) }
                })
            try await gateway.reaches("routes.influxdb.delivered", 20)
            try await gateway.reaches("routes.influxdb.dead_letters", 1)
            #expect(try await gateway.get("/stats").text.contains("partial write"))
        }
        let values = try await server.values("SELECT door FROM nanogridata", in: "plant")
        let expected = (-1..<20).filter { $0 != 13 }.map { Double($0) }
        #expect(values.sorted() == expected)
    }

    @Test func `a wrong password is shown and waited for, and condemns nothing`() async throws {
        let server = try await TimeSeriesServer.influxDB(needsLogin: true)
        let login = "&u=admin&p=adm1n"
        _ = try await server.query("CREATE USER admin WITH PASSWORD 'adm1n' WITH ALL PRIVILEGES")
        _ = try await server.query("CREATE DATABASE plant", login: login)
        var environment = version1(server)
        environment["INFLUXDB_USER"] = "gateway"
        environment["INFLUXDB_PASSWORD"] = "hunter2-hunter2"
        try await withGateway(environment: environment) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...3))
            let isShown = try await eventually {
                try await gateway.text("routes.influxdb.last_error").hasPrefix("401")
            }
            #expect(isShown)
            #expect(try await gateway.number("routes.influxdb.dead_letters") == 0)
            _ = try await server.query(
                "CREATE USER gateway WITH PASSWORD 'hunter2-hunter2' WITH ALL PRIVILEGES",
                login: login)
            try await gateway.reaches("routes.influxdb.delivered", 3)
            let values = try await server.values(
                "SELECT pressure_pa FROM nanogridata", in: "plant", login: login)
            #expect(values.sorted() == [1, 2, 3])
            let stats = try await gateway.get("/stats").text
            #expect(!stats.contains("hunter2") && stats.contains("/write?db=plant"))
            #expect(gateway.log.lines(with: "hunter2").isEmpty)
        }
    }

    @Test func `a database that is not there is waited for`() async throws {
        let server = try await TimeSeriesServer.influxDB()
        try await withGateway(environment: version1(server)) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...2))
            let isShown = try await eventually {
                try await gateway.text("routes.influxdb.last_error")
                    == #"404 Not Found: database not found: "plant""#
            }
            #expect(isShown)
            _ = try await server.query("CREATE DATABASE plant")
            try await gateway.reaches("routes.influxdb.delivered", 2)
        }
    }

    @Test func `version 2's path and tags are understood`() async throws {
        let server = try await TimeSeriesServer.victoriaMetrics()
        let environment = [
            "INFLUXDB_ENDPOINT": server.url, "INFLUXDB_ORG": "lab", "INFLUXDB_BUCKET": "plant 7",
            "INFLUXDB_TOKEN": "t0ken-t0ken",
        ]
        try await withGateway(environment: environment) { gateway in
            try await gateway.send(burst(1_000))
            try await gateway.reaches("routes.influxdb.delivered", 1_000)
        }
        // What has just come is not to be read for a moment.
        let path = "/api/v1/export?match%5B%5D=nanogridata_pressure_pa"
        var series: [[String: Any]] = []
        var values: [Double] = []
        _ = try await eventually(every: .milliseconds(100)) {
            _ = try await server.get("/internal/force_flush")
            series = try await server.get(path).objects
            values = series.flatMap { $0["values"] as? [Double] ?? [] }
            return values.count >= 1_000
        }
        #expect(values.sorted() == (0..<1_000).map(Double.init))
        let seventh = try #require(
            series.first { ($0["metric"] as? [String: String])?["device_id"] == "ESP32-7" })
        let tags = try #require(seventh["metric"] as? [String: String])
        #expect(tags["lab_id"] == "LAB 7, east" && tags["model"] == "0x10")
        #expect(tags["profile"] == "NANO-ESP32-PRESSURE")
    }

    @Test func `a request says who may write, and is the same when it is tried again`() async throws
    {
        let receiver = try await ScriptedReceiver.answering(
            .status(503, body: "{\"code\":\"x\",\"message\":\"wait, Token t0ken-t0ken\"}"),
            .raw("HTTP/1.1 204 No Content\r\n\r\n"))
        let environment = [
            "INFLUXDB_ENDPOINT": receiver.url + "/base", "INFLUXDB_TOKEN": "t0ken-t0ken",
        ]
        try await withGateway(environment: environment) { gateway in
            try await gateway.send(DeviceFrames.pressures(1...5))
            try await gateway.reaches("routes.influxdb.delivered", 5)
            #expect(try await !gateway.get("/stats").text.contains("t0ken"))
            let error = try await gateway.text("routes.influxdb.last_error")
            #expect(error == "503 Service Unavailable: wait, Token (secret)")
            #expect(gateway.log.lines(with: "t0ken").isEmpty)
        }
        let requests = receiver.requests
        #expect(requests.count == 2)
        #expect(requests[0].body == requests[1].body)
        #expect(requests[0].body.split(separator: "\n").count == 5)
        #expect(requests.allSatisfy { $0[header: "Authorization"] == "Token t0ken-t0ken" })
        #expect(
            requests[0].path
                == "/base/api/v2/write?org=nanogridata&bucket=nanogridata&precision=ns")
        try await receiver.stop()
    }
}
