# The Debian package (deploy/deb.sh): what is installed beside the binary, and what dpkg is told.
if(CMAKE_INSTALL_PREFIX STREQUAL /usr)
  install(FILES deploy/systemd/microflux@.service DESTINATION /lib/systemd/system)
  install(FILES ${CMAKE_BINARY_DIR}/microflux.conf DESTINATION /etc/microflux)
  install(FILES deploy/debian/copyright ${CMAKE_BINARY_DIR}/changelog.gz DESTINATION share/doc/microflux)
endif()
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The microflux authors <microflux@localhost>") # who hands it on names himself: DEBEMAIL
if(DEFINED ENV{DEBEMAIL})
  set(CPACK_PACKAGE_CONTACT "The microflux authors <$ENV{DEBEMAIL}>")
endif()
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "live tier, engagement and authenticity of creators")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Workers that read what creators publish and how their audience reacts from\nKafka, keep exact rolling engagement counters in Redis, and publish the tier,\nengagement and authenticity of each creator as Avro records.")
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, procps") # procps: /bin/kill, for ExecReload
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/deploy/debian/postinst ${CMAKE_SOURCE_DIR}/deploy/debian/prerm
  ${CMAKE_SOURCE_DIR}/deploy/debian/postrm ${CMAKE_SOURCE_DIR}/deploy/debian/conffiles)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
include(CPack)
