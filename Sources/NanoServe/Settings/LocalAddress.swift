import Glibc

/// Addresses that a server can listen on.
enum LocalAddress {
    /// Whether a host is known, and one of its addresses is this machine's.
    static func isBindable(_ host: String) -> Bool {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "0", &hints, &found) == 0 else { return false }
        defer { freeaddrinfo(found) }
        var next = found
        while let address = next?.pointee {
            let probe = socket(address.ai_family, address.ai_socktype, 0)
            if probe >= 0 {
                defer { close(probe) }
                if bind(probe, address.ai_addr, address.ai_addrlen) == 0 { return true }
            }
            next = address.ai_next
        }
        return false
    }
}
