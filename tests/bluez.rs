//! BlueZ as a way to Bluetooth LE, against a double of it on a bus of its own.
