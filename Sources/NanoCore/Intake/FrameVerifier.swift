/// Finds the secret under which a frame's MAC holds: the model's own, or one of its device's keys.
struct FrameVerifier: Sendable {
    private(set) var keys: KeyTable
    private var deviceKeys = DeviceKeyCache()

    init(keys: KeyTable) {
        self.keys = keys
    }

    mutating func replaceKeys(_ keys: KeyTable) {
        let isSame = keys.derivationNumbers == self.keys.derivationNumbers
        self.keys = keys
        if !isSame { deviceKeys.removeAll() }
    }

    /// The place, among the model's valid generations, of the one that verifies a frame of level
    /// `standard` or above; nil when none does.
    ///
    /// - Parameters:
    ///   - place: Of the model in ``keys``.
    ///   - device: The `device_id` in the unverified payload.
    ///   - hash: Keyed hash of model and device.
    /// - Throws: What ``Refusal/isBeforeMAC`` tells of, when the key is a device's and no device is named.
    @inline(__always)
    mutating func generation(
        of frame: FrameBounds, _ bytes: Span<UInt8>, at place: Int, device: CBORString?,
        hash: UInt64
    ) throws(Refusal) -> Int? {
        let gate = keys.gates[place]
        guard !gate.hasDeviceKeys else {
            return try ownGeneration(of: frame, bytes, place, device, hash)
        }
        for index in 0..<gate.keyCount {
            let holds = keys.keys[gate.firstKey &+ index].verifies(
                bytes, frame.authenticated, mac: frame.mac)
            if holds { return index }
        }
        return nil
    }

    /// A payload names its device where devices have keys of their own, also at level `none`.
    ///
    /// - Throws: What ``Refusal/isBeforeMAC`` tells of.
    @inline(__always)
    func requireName(
        _ device: CBORString?, of frame: FrameBounds, _ bytes: Span<UInt8>, at place: Int
    ) throws(Refusal) {
        if device == nil, keys.gates[place].hasDeviceKeys { throw unnamed(frame, bytes, place) }
    }

    /// Why no device is named. Anybody can send such a frame: what is found out costs less than the key
    /// and the MAC of one that names a device.
    @inline(never)
    private func unnamed(
        _ frame: FrameBounds, _ bytes: Span<UInt8>, _ place: Int
    ) -> Refusal {
        // The array of an encrypted payload is no map, and its faults are no others than that.
        if !keys.gates[place].isSealed(frame.header.level),
            let fault = CBORWalk.formFault(bytes, frame.payload)
        {
            return Refusal(
                fault.reason, fault.detail, observed: fault.observed, allowed: fault.allowed,
                offset: fault.offset, field: .deviceID)
        }
        return Refusal(
            .profileViolation, .deviceUnnamed, offset: FrameHeader.length, field: .deviceID)
    }

    private mutating func ownGeneration(
        of frame: FrameBounds, _ bytes: Span<UInt8>, _ place: Int, _ device: CBORString?,
        _ hash: UInt64
    ) throws(Refusal) -> Int? {
        guard let device else { throw unnamed(frame, bytes, place) }
        // The key that held last comes first, whichever generation it is of: a device that has not
        // followed a rotation costs no derivation for each newer one.
        let known = deviceKeys.verifies(bytes, frame, device: hash)
        if let known, known.holds,
            let index = keys.models[place].derivations.firstIndex(where: {
                $0.number == known.secret
            })
        {
            return index
        }
        for (index, derivation) in keys.models[place].derivations.enumerated()
        where derivation.number != known?.secret {
            let key = Self.key(derivation, frame, bytes, device)
            if key.verifies(bytes, frame.authenticated, mac: frame.mac) {
                deviceKeys.keep(key, device: hash, secret: derivation.number)
                return index
            }
        }
        return nil
    }

    /// Whether a frame's MAC holds, and what it cost to find out. Judges nothing else.
    ///
    /// A CRC says nothing unless the model accepts level `none`: anybody can make one.
    ///
    /// - Returns: Nil when finding out takes more hashed bytes than `budget`.
    func probe(
        _ frame: FrameBounds, _ bytes: Span<UInt8>, budget: Int
    ) -> (holds: Bool, hashedBytes: Int)? {
        guard let place = keys.place(of: frame.header.model) else { return (false, 0) }
        let model = keys.models[place]
        let cost = frame.authenticated.count
        guard frame.header.level != .none else {
            guard model.minimumLevel == .none else { return (false, 0) }
            return cost <= budget ? (CRC16.holds(frame, bytes), cost) : nil
        }
        let device =
            model.derivations.isEmpty ? nil : CBORScan.deviceID(in: bytes, frame.payload)
        guard model.derivations.isEmpty || device != nil else { return (false, 0) }
        var hashedBytes = 0
        for index in model.keys.indices {
            hashedBytes += cost + (device.map { Self.derivationBytes + $0.range.count } ?? 0)
            guard hashedBytes <= budget else { return nil }
            let key =
                device.map { Self.key(model.derivations[index], frame, bytes, $0) }
                ?? model.keys[index]
            if key.verifies(bytes, frame.authenticated, mac: frame.mac) {
                return (true, hashedBytes)
            }
        }
        return (false, hashedBytes)
    }

    /// What deriving a key hashes beside the device's id: two blocks of the derivation, two of the new
    /// key.
    private static let derivationBytes = 256

    private static func key(
        _ derivation: KeyDerivation, _ frame: FrameBounds, _ bytes: Span<UInt8>,
        _ device: CBORString
    ) -> HMACKey {
        HMACKey(
            derived: derivation.key(
                for: .authentication, model: frame.header.model, device: device, in: bytes))
    }
}
