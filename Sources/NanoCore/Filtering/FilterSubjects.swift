extension FilterSubject {
    /// - Parameter now: Milliseconds of Unix time, which tell whether the device is late.
    package init(_ device: DeviceSnapshot, now: Int64) {
        self.init()
        model = device.model
        self.device = device.id
        address = device.address
        state = DeviceState(of: device, now: now).rawValue
        unixMilliseconds = device.lastSeenUnixMilliseconds
        generation = device.generation
        clockSeconds = device.clockOffsetSeconds
        rate = device.packetsPerSecond
        accepted = device.accepted
        refused = device.refused
    }

    package init(_ record: PacketRecord) {
        self.init()
        model = record.model
        reasons = RefusalSet(record.refusal?.reason)
        device = record.deviceID
        address = record.address
        text = record.diagnosis
        unixMilliseconds = record.unixMilliseconds
        size = record.bytes.count
        read(FrameBounds(readingAt: 0, in: record.bytes.span)?.header, at: record.unixMilliseconds)
    }

    /// Takes in what a frame says of itself.
    ///
    /// - Parameter now: When it was judged, in milliseconds of Unix time.
    package mutating func read(_ header: FrameHeader?, at now: Int64) {
        guard let header else { return }
        type = header.type.name
        level = header.level.name
        clockSeconds = Double(header.timestamp) - Double(now) / 1_000
    }

    package init(_ row: RegistryRow) {
        self.init()
        model = row.name.model
        device = row.name.id
        address = row.address
        state = row.stateName
        generation = row.generation
        if row.lastSeenUnixMilliseconds > 0 { unixMilliseconds = row.lastSeenUnixMilliseconds }
    }

    package init(_ row: OffenderSnapshot) {
        self.init()
        address = row.source
        state = row.state.rawValue
        reasons = RefusalSet(row.reasons.lazy.map(\.reason))
        unixMilliseconds = row.sinceUnixMilliseconds
    }

    package init(_ letter: DeadLetterSnapshot) {
        self.init()
        model = letter.model
        device = letter.device
        state = letter.stateName
        status = letter.error
        (text, moreText) = (letter.id, letter.reason)
        unixMilliseconds = letter.unixMilliseconds
    }

    package init(_ line: LogLine) {
        self.init()
        level = line.level
        from = line.label
        text = line.message
        unixMilliseconds = line.unixMilliseconds
    }

    package init(_ route: RouteSnapshot) {
        self.init()
        self.route = route.name
        state = route.state.rawValue
        (text, moreText) = (route.lastError, route.endpoint)
        (waiting, dead) = (route.waiting, route.deadLetters)
        if route.lastErrorUnixMilliseconds > 0 {
            unixMilliseconds = route.lastErrorUnixMilliseconds
        }
    }

    package init(_ secret: SecretSnapshot) {
        self.init()
        model = secret.model
        generation = secret.generation
        state = secret.state.rawValue
        (text, moreText) = (secret.fingerprint, secret.origin)
        unixMilliseconds = secret.createdUnixMilliseconds
    }

    package init(_ alarm: AlarmSnapshot) {
        self.init()
        level = alarm.severity.rawValue
        model = alarm.model
        route = alarm.route
        device = alarm.device
        reasons = RefusalSet(alarm.reason)
        address = alarm.address
        (text, moreText) = (alarm.title, alarm.text)
        unixMilliseconds = alarm.unixMilliseconds
    }
}
